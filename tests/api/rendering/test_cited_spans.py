"""The place that a sentence rests on is marked where it stands, whatever markup it crosses."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rendering import entry_html, prose_html
from rag.corpus import load_corpus
from rag.models import Span
from rag.passages import split_sentences

_MARKED = re.compile(r"<mark[^>]*>(.*?)</mark>", re.DOTALL)
_MARK = re.compile(r"</?mark[^>]*>")
_RULE = re.compile(r"[|: -]+")


def words_in(shown: str) -> str:
    """Return the letters and digits of HTML as a reader sees them."""
    return "".join(re.findall(r"\w", html.unescape(re.sub(r"<[^>]+>", "", shown))))


def marked(answer: str, quote: str) -> str:
    """Return an answer's HTML with a quote marked."""
    start = answer.index(quote)
    return entry_html(answer, Span(start, start + len(quote)))


@pytest.mark.parametrize("step", range(4))
def test_every_sentence_of_the_corpus_is_marked_as_it_is_shown(repository: Path, step: int) -> None:
    """Of the starter corpus, marking a sentence changes nothing but the marks, and they hold exactly its words."""
    entries = list(load_corpus(repository / "corpus").entries.values())[step::16]
    assert entries
    for entry in entries:
        plain = prose_html(entry.answer)
        for span in split_sentences(entry.answer):
            sentence = entry.answer[span.start : span.end]
            shown = entry_html(entry.answer, span)
            assert _MARK.sub("", shown) == plain
            if not _RULE.fullmatch(sentence):
                assert words_in("".join(_MARKED.findall(shown))) == words_in(prose_html(sentence)), sentence


def test_a_mark_crosses_emphasis_links_code_and_maths() -> None:
    """A mark is closed where an element begins or ends, and opened again within; the first has the id to go to."""
    shown = marked(
        "One *two **three** four* `five` $x^2$ [six](https://e.org) seven.", "two **three** four* `five` $x^2$ [six"
    )
    assert shown.count('<mark id="cited" class="cited">') == 1
    assert words_in("".join(_MARKED.findall(shown))) == "twothreefourfivex2six"
    assert "<strong><mark" in shown


def test_a_mark_goes_on_through_blocks() -> None:
    """A quote of several items is marked in each, one of a table in each cell, and not in what stands between."""
    shown = marked(
        "Before.\n\n- **A**: one.\n- **B**: two.\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\nAfter.",
        "one.\n- **B**: two.\n\n| x | y |\n|---|---|\n| 1 |",
    )
    assert [words_in(run) for run in _MARKED.findall(shown)] == ["one", "B", "two", "x", "y", "1"]


def test_a_formula_on_its_own_lines_is_marked_whole() -> None:
    """A display formula has no text of its own to mark, so it is marked itself."""
    shown = marked("So:\n\n$$\nE = mc^2\n$$\n\nAfter.", "E = mc^2")
    assert '<p id="cited" class="equation cited">' in shown


def test_characters_written_as_entities_are_marked() -> None:
    """Offsets count in the source, where an entity or an escaped sign is longer than what it shows."""
    assert "".join(_MARKED.findall(marked("a &lt;b&gt; \\* c d", "&lt;b&gt; \\* c"))) == "&lt;b&gt; * c"


def test_the_same_words_before_are_left_alone() -> None:
    """Of a sentence that stands twice, the one at the place is marked."""
    assert entry_html("Cells divide. Cells divide.", Span(14, 27)).startswith("<p>Cells divide. <mark")


def test_list_numbers_are_no_text() -> None:
    """The number of an item is not taken for the number that its text begins with."""
    shown = entry_html("1. 1 is odd.\n2. 2 is even.", Span(16, 27))
    assert "<li>1 is odd.</li>" in shown
    assert words_in("".join(_MARKED.findall(shown))) == "2iseven"
    assert '<mark id="cited" class="cited">2</mark>' in entry_html("1. 1\n2. 2", Span(8, 9))
    shown = marked("### 1. One\n\n1. One", "1. One")
    assert shown.startswith('<h5><mark id="cited" class="cited">1. One</mark></h5>')


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_span_that_is_none_marks_what_it_can(start: int, end: int) -> None:
    """A span beyond the answer, backwards or amid markup changes nothing but the marks."""
    answer = "# Head\n\nOne **two** $x$ &amp; three.\n\n```\ncode\n```\n\n- four\n"
    shown = _MARK.sub("", entry_html(answer, Span(start, end)))
    assert shown.replace(' id="cited"', "").replace(' class="cited"', "") == prose_html(answer)
