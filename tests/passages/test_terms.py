"""Texts as stemmed terms."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.passages import stem, terms_of, words_of


def test_function_words_and_words_of_asking_are_left_out() -> None:
    """Only the words that carry meaning are terms."""
    assert terms_of("Can you explain what the difference is, and how it's done?") == ["differ", "done"]


def test_terms_are_stems_in_order_with_repeats() -> None:
    """Forms of one word meet in its stem, each time it stands there."""
    assert terms_of("Neurons fire; a neuron fired. Firing neurons!") == [
        "neuron",
        "fire",
        "neuron",
        "fire",
        "fire",
        "neuron",
    ]


@pytest.mark.parametrize("spelling", ["CO2", "CO₂", "co2", "$CO_2$", r"$\ce{CO2}$", r"\(CO_2\)", "CO_2"])
def test_spellings_of_a_formula_are_one_term(spelling: str) -> None:
    """A formula is found however it is spelled."""
    assert terms_of(spelling) == ["co2"]


@pytest.mark.parametrize("spelling", ["Na+", "Na⁺", "$Na^+$", "Na^+"])
def test_an_ion_is_the_term_of_its_letters(spelling: str) -> None:
    """The charge is no part of a term."""
    assert terms_of(spelling) == ["na"]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_an_apostrophe_does_not_split_a_word(apostrophe: str) -> None:
    """A contraction is one word, and a function word where it is one."""
    assert words_of(f"Don{apostrophe}t") == ["dont"]
    assert terms_of(f"Darwin{apostrophe}s finches") == [stem("darwins"), "finch"]


@pytest.mark.parametrize("text", ["", "   ", "?!…", "🧬🧬", "the of and", "$$$$"])
def test_a_text_without_meaning_has_no_terms(text: str) -> None:
    """Nothing is made of nothing."""
    assert terms_of(text) == []


@given(st.text())
def test_terms_of_any_text_are_small_letters_and_digits(text: str) -> None:
    """No term can hold a quote, a space or an operator of the lexical index."""
    assert all(re.fullmatch(r"[a-z0-9]+", term) for term in terms_of(text))
