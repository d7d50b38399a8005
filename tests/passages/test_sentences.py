"""Texts split into sentences, each with its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_markdown import WORD, answers

from rag.passages import split_sentences


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text as text."""
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["Cells divide.", "Do they grow?", "Yes!", "They do."], id="ends"),
        pytest.param(["Wait...", "It grows?!", "It does."], id="several marks"),
        pytest.param(["Some bacteria, e.g. E. coli, live in the gut.", "Others do not."], id="e.g. and genus"),
        pytest.param(["Gut bacteria (e.g. E. coli) help.", "They do."], id="in brackets"),
        pytest.param(["Growth is slow, i.e. Two days pass.", "Then it stops."], id="i.e. before a capital"),
        pytest.param(["See Fig. 2 and Eq. 3 of Smith et al. (2020).", "They agree."], id="figures and authors"),
        pytest.param(["Dr. Barbara McClintock found them.", "She won."], id="title"),
        pytest.param(["Dogs vs. Cats is a contest.", "Cats win."], id="vs."),
        pytest.param(["Blood has a pH of 7.4 and 0.9 % salt.", "It is buffered."], id="decimals"),
        pytest.param(["It costs 3.50.", "It sells for 4.00."], id="decimals at the end"),
        pytest.param(["Let $f(x. Y) = 1.$ Then stop.", "It is so."], id="dots in mathematics"),
        pytest.param(["Let $$x. Y$$ hold.", "It does."], id="dots in display mathematics"),
        pytest.param(["It is $x = 1$.", "It is $y = 2$."], id="mathematics at the end"),
        pytest.param(['He said "stop."', "Then he left."], id="quotation marks"),
        pytest.param(["They divide (twice.)", "Then they stop."], id="bracket at the end"),
        pytest.param(["**Cells divide.**", "*They stop.*", "Then nothing."], id="emphasis"),
    ],
)
def test_a_paragraph_is_split_where_its_sentences_end(sentences: list[str]) -> None:
    """Abbreviations, species names, decimals and mathematics end no sentence; marks after a stop belong to it."""
    assert sentences_of(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["It costs $5.", "Then it is sold.", "Nobody gains."], id="a price"),
        pytest.param(["It costs $5 million a year.", "It is worth it."], id="a price inside"),
        pytest.param(["It costs $5.", "It sells for $6.", "Somebody gains."], id="two prices"),
    ],
)
def test_a_currency_sign_opens_no_mathematics(sentences: list[str]) -> None:
    """A sentence with a price ends where it ends."""
    assert sentences_of(" ".join(sentences)) == sentences


def test_dots_inside_bracketed_mathematics_end_no_sentence() -> None:
    r"""Mathematics written ``\(..\)`` stays whole, as that between dollar signs does."""
    assert sentences_of(r"Let \(x. Y\) hold. It does.") == [r"Let \(x. Y\) hold.", "It does."]


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["Is it alive?", "No.", "It is a mineral."], id="no"),
        pytest.param(["Its absence is a lack of vitamin C.", "It causes scurvy."], id="vitamin C"),
        pytest.param(["This is hepatitis B.", "There may be a vaccine."], id="hepatitis B"),
    ],
)
def test_a_short_last_word_ends_a_sentence(sentences: list[str]) -> None:
    """The word no, or a single letter that names something, can be a sentence's last."""
    assert sentences_of(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("1. One. Two.\n2. Three.", ["One.", "Two.", "Three."]),
        ("12) One\n- Two\n  * Three\n+ Four", ["One", "Two", "Three", "Four"]),
        ("## A heading\nText here.\n### Another\nMore.", ["A heading", "Text here.", "Another", "More."]),
        ("> Quoted. Twice.\n> - Listed.", ["Quoted.", "Twice.", "Listed."]),
        ("1. **Label**: text. More.", ["**Label**: text.", "More."]),
        ("No stop\n\nat the end", ["No stop", "at the end"]),
    ],
)
def test_lines_end_sentences_and_their_marks_are_left_out(text: str, sentences: list[str]) -> None:
    """List numbers, bullets, heading marks and quote marks belong to no sentence."""
    assert sentences_of(text) == sentences


def test_each_row_of_a_table_is_a_piece_of_its_own() -> None:
    """Rows are never joined with each other or with the text around them."""
    text = "Before:\n\n| Phase | What |\n|---|---|\n| G1 | Grows. |\n| S | Copies |\n\nAfter."
    found = sentences_of(text)
    assert found[0] == "Before:"
    assert found[-1] == "After."
    assert [piece for piece in found if "G1" in piece and "Copies" in piece] == []
    assert "| S | Copies |" in found


def test_a_line_that_goes_on_in_small_letters_belongs_to_the_sentence() -> None:
    """A sentence may cross a single line break."""
    assert sentences_of("Cells divide\nand grow. Then\nthey stop.") == ["Cells divide\nand grow.", "Then\nthey stop."]


def test_only_the_asked_part_is_split() -> None:
    """Offsets count from the start of the whole text, and nothing outside the part is given."""
    text = "One. Two. Three."
    assert [(span.start, span.end) for span in split_sentences(text, 5, 9)] == [(5, 9)]


@pytest.mark.parametrize("text", ["", "   ", "\n\n", " \n \n"])
def test_a_text_without_words_has_no_sentences(text: str) -> None:
    """White space gives nothing."""
    assert split_sentences(text) == []


@settings(max_examples=200, deadline=None)
@given(
    text=st.one_of(answers(), st.text(max_size=200), st.text(st.sampled_from("aB.?!$#*->|`1 \n\"'()e.g"), max_size=80))
)
def test_sentences_of_any_text_are_trimmed_slices_in_order(text: str) -> None:
    """Spans lie inside the text, hold something, start and end at no white space, and never overlap."""
    spans = split_sentences(text)
    for span in spans:
        piece = text[span.start : span.end]
        assert 0 <= span.start < span.end <= len(text)
        assert piece == piece.strip() != ""
    assert all(first.end <= second.start for first, second in pairwise(spans))


@settings(max_examples=60, deadline=None)
@given(answer=answers())
def test_every_word_of_any_markdown_stands_in_a_sentence(answer: str) -> None:
    """Splitting loses no word."""
    assert [word for sentence in sentences_of(answer) for word in WORD.findall(sentence)] == WORD.findall(answer)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=120), start=st.integers(0, 120), length=st.integers(0, 120))
def test_sentences_of_a_part_stay_inside_it(text: str, start: int, length: int) -> None:
    """No span reaches outside the part that was asked for."""
    start = min(start, len(text))
    end = min(start + length, len(text))
    assert all(start <= span.start < span.end <= end for span in split_sentences(text, start, end))
