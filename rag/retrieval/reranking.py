"""The best entries in the order of a reranker, which reads the question beside each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.errors import ProviderError
from rag.models import Evidence, Query
from rag.passages import embedded_text, plain_text
from rag.ports import Reranker
from rag.retrieval.fusion import probability

RERANKED: Final = 20
"""How many entries a reranker reads: 98 in 100 answerable development questions have a right entry among so many (87
have one first of all, 96 in the first ten, 99 in the first thirty), and servers take as many texts in one request."""


def rerank(reranker: Reranker, query: Query, evidence: Sequence[Evidence]) -> tuple[list[Evidence], tuple[str, ...]]:
    """Return entries with the first `RERANKED` in a reranker's order, and what there is to tell of it.

    Entries of equal relevance keep their order; so do all where the reranker fails, and a notice says so. The question
    is read as it was asked: its words were replaced for the embedder, and a wrong one should not mislead both.
    """
    best, rest = evidence[:RERANKED], evidence[RERANKED:]
    try:
        relevances = reranker.rerank(plain_text(query.question), [_as_read(one) for one in best])
    except ProviderError as error:
        return list(evidence), (f"the results were not reranked: {error}",)
    by_relevance = sorted(zip(best, relevances, strict=True), key=lambda pair: -pair[1])
    return _ranked([*(replace(one, relevance=score) for one, score in by_relevance), *rest]), ()


def _as_read(evidence: Evidence) -> str:
    """Return the entry's question and its best section, as plain words."""
    return f"{plain_text(evidence.title)}\n{embedded_text(evidence.passage)}"


def _ranked(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return entries ranked in this order, each as certain as its signals make it, and never surer than a better one.

    The certainty was fitted to the order of the signals. An entry that a reranker prefers to them is not made surer by
    that, so the score is on the low side: it counts no vote of a reranker that nobody has measured here.
    """
    ranked: list[Evidence] = []
    certainty = 1.0
    for rank, one in enumerate(evidence, start=1):
        certainty = min(certainty, probability(one.signals))
        ranked.append(replace(one, rank=rank, score=certainty))
    return ranked
