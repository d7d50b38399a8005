"""Numbers of citations stand where a reader looks for them, and nothing else of a text changes."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.footnotes import Footnotes, with_footnotes
from rag.models import Answer, Provenance, Sentence

_LEADS = st.sampled_from([" ", "\n", "\n\n", "\n- ", " [Root] "])
_TEXTS = st.sampled_from(["Leaves are green.", "| a | b |", "| --- | --- |", "|x|", "It is so.", "Why"])
_SENTENCES = st.builds(
    Sentence,
    _TEXTS,
    st.sampled_from([(), (1,), (2,), (1, 2)]),
    st.sampled_from(["supported", "supported", "partly", "unsupported"]),
)
_PARTS = st.lists(st.tuples(_LEADS, _SENTENCES), max_size=6)

NOTHING = Answer("Why?", "answered", "composed", "", (), (), (), (), Provenance("c", "i", "e"), {})


def answer_of(*sentences: Sentence, text: str) -> Answer:
    """Return an answer of some sentences."""
    return replace(NOTHING, text=text, sentences=sentences)


def sentence(text: str, *citations: int) -> Sentence:
    """Return a sentence that is supported."""
    return Sentence(text, citations, "supported")


@given(_PARTS, st.sampled_from(["", "\n\nNot covered: this part."]))
def test_without_its_numbers_a_text_is_what_it_was(parts: list[tuple[str, Sentence]], rest: str) -> None:
    """Sentence by sentence, nothing is lost, moved or said twice, and each is written when it comes."""
    footnotes, text, written = Footnotes(), "", ""
    for lead, one in parts:
        text += lead + one.text
        piece = footnotes.add(lead, one)
        assert one.text.removesuffix("|").rstrip() in piece
        written += piece
    written += footnotes.finish(text + rest)
    bare = re.sub(r" (\[\d\])+| \*\([a-z ]+\)\*", "", written)
    assert re.sub(r" ?\|", "|", bare) == re.sub(r" ?\|", "|", text + rest)


@given(_PARTS)
def test_all_that_is_cited_is_numbered(parts: list[tuple[str, Sentence]]) -> None:
    """Numbers may be shared, and then stand behind a later sentence; none but those of a table's head is left out."""
    footnotes = Footnotes()
    written = "".join(footnotes.add(lead, one) for lead, one in parts) + footnotes.finish(
        "".join(lead + one.text for lead, one in parts)
    )
    for number in {n for _, one in parts for n in one.citations if not one.text.startswith("|")}:
        assert f"[{number}]" in written


def test_sentences_of_one_line_share_their_numbers() -> None:
    """Those of another paragraph, and of other citations, have their own."""
    answer = answer_of(
        sentence("A.", 1), sentence("B.", 1), sentence("C.", 2), sentence("D.", 2), text="A. B. C.\n\nD."
    )
    assert with_footnotes(answer) == "A. B. [1] C. [2]\n\nD. [2]"


def test_numbers_of_a_table_stand_in_its_last_row() -> None:
    """Behind the line they would end it."""
    rows = [sentence("| a | b |", 1), sentence("| - | - |", 1), sentence("| c | d |", 1)]
    answer = answer_of(*rows, text="\n".join(row.text for row in rows))
    assert with_footnotes(answer).splitlines() == ["| a | b |", "| - | - |", "| c | d [1] |"]


def test_a_number_begins_as_it_is_told_to() -> None:
    """A backslash keeps Markdown from reading it."""
    assert with_footnotes(answer_of(sentence("A.", 1, 2), text="A."), "\\[") == "A. \\[1]\\[2]"


def test_what_is_not_supported_is_marked_at_once_after_its_own_numbers() -> None:
    """Whatever comes next."""
    doubtful = Sentence("A.", (1,), "partly")
    assert Footnotes().add("", doubtful) == "A. [1] *(supported in part)*"
    answer = answer_of(sentence("B.", 1), doubtful, doubtful, sentence("B.", 1), text="B. A. A. B.")
    marked = "A. [1] *(supported in part)*"
    assert with_footnotes(answer) == f"B. [1] {marked} {marked} B. [1]"
