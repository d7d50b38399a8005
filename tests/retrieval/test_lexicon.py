"""The wordings that mean the same, as shipped and as they are found in questions."""

from __future__ import annotations

import unicodedata
from collections import Counter
from importlib.resources import files

import pytest

from rag.retrieval.lexicon import Wording, known_wordings, lexicon_words, tokens_of

GROUPS = [
    line.split(" = ")
    for line in files("rag.retrieval").joinpath("lexicon.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def found_in(question: str) -> list[tuple[str, str]]:
    """Return the words of a question that the lexicon knows, with the textbook's term for each."""
    tokens = tokens_of(question)
    return [(" ".join(tokens[own.start : own.end]), own.terms[0]) for own in known_wordings(tokens)]


def test_every_group_has_several_terms_and_none_stands_in_two() -> None:
    """A term means one thing."""
    assert all(len(group) > 1 for group in GROUPS)
    assert [term for term, count in Counter(term for group in GROUPS for term in group).items() if count > 1] == []


def test_every_term_is_found_in_a_question_as_its_own_group() -> None:
    """No term hides behind one of another group, is too long to be looked for, or is made of signs alone."""
    hidden = [
        (term, found)
        for group in GROUPS
        for term in group
        if (found := known_wordings(tokens := tokens_of(term))) != [Wording(0, len(tokens), tuple(group))]
    ]
    assert hidden == []


def test_no_term_has_a_letter_that_is_passed_over() -> None:
    """A Greek letter is no token: a term that has one would be found wherever the rest of it stands."""
    letters = {letter for group in GROUPS for term in group for letter in term if letter.isalpha()}
    assert not {letter for letter in letters if not unicodedata.name(letter).startswith("LATIN")}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What does the ER do?", [("ER", "endoplasmic reticulum")]),
        ("what does the er do", []),
        ("What does ATP give?", [("ATP", "adenosine triphosphate")]),
        ("Is RNA like DNA?", [("RNA", "ribonucleic acid"), ("DNA", "deoxyribonucleic acid")]),
        ("Are you from the us or at work?", []),
    ],
)
def test_an_abbreviation_is_known_as_it_is_written_only(question: str, found: list[tuple[str, str]]) -> None:
    """In lower case it may be another word."""
    assert found_in(question) == found


@pytest.mark.parametrize("written", ["high blood pressure", "High blood pressure", "HIGH BLOOD PRESSURE"])
def test_words_are_known_in_any_case(written: str) -> None:
    """Capitals do not hide a term that is made of words."""
    assert found_in(f"{written} harms whom?") == [(written, "hypertension")]


def test_of_terms_that_overlap_the_longest_is_meant() -> None:
    """A term within a longer one is no finding of its own; what follows is looked at anew."""
    assert found_in("Why is rough ER rough, and the ER not?") == [
        ("rough ER", "rough endoplasmic reticulum"),
        ("ER", "endoplasmic reticulum"),
    ]


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("What are blood thinners?", "blood thinners"),
        ("What is a blood thinner?", "blood thinner"),
    ],
)
def test_a_term_is_known_in_the_plural(question: str, written: str) -> None:
    """A final s is passed over where it makes the plural."""
    assert found_in(question) == [(written, "anticoagulant")]


@pytest.mark.parametrize("question", ["", "?!", "🧬", "nothing known here"])
def test_where_nothing_is_known_nothing_is_found(question: str) -> None:
    """Most questions hold no such term."""
    assert found_in(question) == []


def test_the_words_of_the_lexicon_are_single_and_in_lower_case() -> None:
    """They are what spelling is checked against."""
    words = lexicon_words()
    assert {"endoplasmic", "reticulum", "er"} <= words
    assert all(word == word.lower() and " " not in word for word in words)
