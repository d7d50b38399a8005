"""What a retriever does without one of the things that it uses."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from rag.retrieval import Lever, Retriever, levers_of, without
from rag.testing import HashReranker

QUESTION = "how does a vacine protect people from the flu"


@pytest.fixture
def whole(retriever: Retriever) -> Retriever:
    """Return a retriever that uses everything there is."""
    return replace(retriever, reranker=HashReranker())


def test_every_lever_is_used_by_who_has_everything(whole: Retriever) -> None:
    """A retriever with a reranker has all levers, one without has all others."""
    assert levers_of(whole) == get_args(Lever)
    assert set(levers_of(replace(whole, reranker=None))) == set(get_args(Lever)) - {"reranker"}


@pytest.mark.parametrize("lever", get_args(Lever))
def test_one_lever_is_switched_off_and_no_other(whole: Retriever, lever: Lever) -> None:
    """What does without one thing uses all others; and the retriever that it was made from still uses it."""
    assert set(levers_of(without(whole, lever))) == set(get_args(Lever)) - {lever}
    assert lever in levers_of(whole)


def test_a_question_is_read_without_a_lever(whole: Retriever) -> None:
    """Without spelling repair no word is repaired, without the lexicon no lay term is replaced."""
    kinds = {"whole": whole, "spelling": without(whole, "spelling"), "lexicon": without(whole, "lexicon")}
    read = {name: {one.kind for one in own.search(QUESTION).query.rewrites} for name, own in kinds.items()}
    assert read == {"whole": {"spelling", "wording"}, "spelling": {"wording"}, "lexicon": {"spelling"}}


def test_what_is_found_without_a_lever(whole: Retriever) -> None:
    """Without vectors words alone are compared, without a reranker none has scored; what is remembered is not mixed."""
    assert all(one.relevance is not None and not one.signals.words_only for one in whole.retrieve(QUESTION))
    assert all(one.signals.words_only for one in without(whole, "vectors").retrieve(QUESTION))
    assert all(one.relevance is None for one in without(whole, "reranker").retrieve(QUESTION))
