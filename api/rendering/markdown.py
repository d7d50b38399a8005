"""Markdown read into tokens, and tokens written as HTML that is safe to show."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from api.rendering.maths import MATHML_ATTRIBUTES, MATHML_TAGS, read_maths

if TYPE_CHECKING:
    from markdown_it.renderer import RendererProtocol
    from markdown_it.utils import EnvType, OptionsDict

_TOP_HEADING = 3
"""Headings of an answer stand below its question's, which is a page's second."""


def parse(markdown: str) -> list[Token]:
    """Return the tokens of a Markdown text; each piece of its visible text is a token of its own.

    HTML in it is text, not markup; a picture is shown by its description, since a page loads nothing from elsewhere.
    """
    tokens = _PARSER.parse(markdown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + _TOP_HEADING - 1, 6)}"
    return tokens


def blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Give the tokens of each block that stands in no other."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def write(tokens: Sequence[Token]) -> str:
    """Return tokens as HTML without anything that could run, load, or take a reader elsewhere unseen."""
    return _CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def _shown(
    _renderer: RendererProtocol, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return html.escape(tokens[index].content)


def _table_open(
    _renderer: RendererProtocol, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return '<div class="table" tabindex="0" role="group" aria-label="Table">\n<table>\n'


def _table_close(
    _renderer: RendererProtocol, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table>\n</div>\n"


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    markdown.enable(["table", "strikethrough"]).disable(["reference", "code", "lheading"])
    markdown.disable("text_join")  # so that each piece of text stands in its source as it is
    read_maths(markdown)
    for kind in ("image", "text_special"):
        markdown.add_render_rule(kind, _shown)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    return markdown


def _cleaner() -> nh3.Cleaner:
    prose = set("p br hr h3 h4 h5 h6 strong em s code pre blockquote ul ol li div table thead tbody tr th td a".split())
    ours = set("mark sup span".split())
    return nh3.Cleaner(
        tags=prose | ours | MATHML_TAGS,
        clean_content_tags={"script", "style"},
        attributes={
            "a": {"href", "title", "class", "aria-label", "data-n"},
            "mark": {"id", "class"},
            "span": {"class", "title"},
            "ol": {"start"},
            "p": {"id", "class"},
            "code": {"id", "class"},
            "sup": {"class"},
            "div": {"class", "tabindex", "role", "aria-label"},
            **{tag: set(MATHML_ATTRIBUTES) for tag in MATHML_TAGS},
        },
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


_PARSER = _parser()
_CLEANER = _cleaner()
