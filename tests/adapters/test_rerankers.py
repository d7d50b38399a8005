"""The contract of `rag.ports.Reranker`, for the double and for a server."""

from __future__ import annotations

import math

import pytest

from rag.adapters.openai_reranker import OpenAIReranker
from rag.ports import Reranker
from rag.testing import HashReranker

QUESTION = "How do kidneys filter blood?"
TEXTS = ["Mitochondria release energy.", "Kidneys filter blood in nephrons.", "Blood is red.", "CO₂ 🧬", ""]


@pytest.fixture(params=["hash", pytest.param("openai", marks=pytest.mark.allow_hosts(["127.0.0.1"]))])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    """Return each reranker."""
    if request.param == "openai":
        return OpenAIReranker("hash", request.getfixturevalue("server").url)
    return HashReranker()


def test_each_text_has_one_finite_score(reranker: Reranker) -> None:
    """One text or several, empty or foreign: as many scores as texts."""
    for count in (1, len(TEXTS)):
        scores = reranker.rerank(QUESTION, TEXTS[:count])
        assert len(scores) == count
        assert all(math.isfinite(score) for score in scores)


def test_the_text_that_answers_scores_higher(reranker: Reranker) -> None:
    """Higher is better, and scores stand in the order of texts."""
    scores = reranker.rerank(QUESTION, TEXTS)
    assert max(range(len(TEXTS)), key=lambda place: scores[place]) == 1
    assert scores[2] > scores[0]


def test_a_score_does_not_depend_on_the_order_of_texts(reranker: Reranker) -> None:
    """Turned round, the texts have the same scores, turned round."""
    assert list(reranker.rerank(QUESTION, TEXTS[::-1])) == pytest.approx(list(reranker.rerank(QUESTION, TEXTS))[::-1])


def test_no_texts_have_no_scores(reranker: Reranker) -> None:
    """Nothing found is nothing to rank."""
    assert list(reranker.rerank(QUESTION, [])) == []
