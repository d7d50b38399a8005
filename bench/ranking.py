"""Ways of ranking, side by side: each signal alone, reciprocal ranks, ours, and ours without each of its levers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from rich.table import Table

from bench.questions import DevelopmentQuestion
from rag.retrieval import QueryReader, Retriever
from rag.retrieval.fusion import QUESTION_WEIGHT, TERMS_WEIGHT
from rag.retrieval.retriever import Candidates
from rag.retrieval.terms import match_terms

_RRF_K = 60
"""Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion", 2009."""

Scores = npt.NDArray[np.floating]
"""One number a candidate, shape ``(candidates,)``; the highest comes first."""

FIGURES = ("hit@1", "hit@5", "MRR", "nDCG@10")


@dataclass(frozen=True, slots=True)
class System:
    """A way of ranking: how questions are read, and how candidates are scored."""

    name: str
    score: Callable[[Candidates], Scores]
    read: Callable[[QueryReader], QueryReader] = lambda reader: reader


def _plainly(reader: QueryReader) -> QueryReader:
    return replace(reader, repairer=None, uses_lexicon=False)


def _by_reciprocal_ranks(found: Candidates) -> Scores:
    signals = (found.section, found.question, found.terms)
    ranks = [np.argsort(np.argsort(-signal, kind="stable"), kind="stable") + 1 for signal in signals]
    return np.sum([1 / (_RRF_K + rank) for rank in ranks], axis=0)


def _ours(found: Candidates) -> Scores:
    return found.fused


SYSTEMS = (
    System("question vectors", lambda found: found.question, _plainly),
    System("section vectors", lambda found: found.section, _plainly),
    System("terms (BM25)", lambda found: found.terms, _plainly),
    System("reciprocal ranks of the three", _by_reciprocal_ranks, _plainly),
    System("ours", _ours),
    System("ours without spelling repair", _ours, lambda reader: replace(reader, repairer=None)),
    System("ours without the lexicon", _ours, lambda reader: replace(reader, uses_lexicon=False)),
    System("ours without both", _ours, _plainly),
    System("ours without question vectors", lambda found: found.section + TERMS_WEIGHT * found.terms),
    System("ours without terms", lambda found: found.section + QUESTION_WEIGHT * found.question),
    System("reciprocal ranks, questions read as ours", _by_reciprocal_ranks),
)


def ranking_table(asked: Sequence[DevelopmentQuestion], retrievers: Mapping[str, Retriever]) -> Table:
    """Return the figures of each system over the answerable ones of some questions, hit@1 also by kind.

    Args:
        retrievers: by corpus.
    """
    answerable = [one for one in asked if one.relevant]
    kinds = sorted({one.kind for one in answerable})
    table = Table("ranking", *FIGURES, *kinds, title=f"{len(answerable)} answerable questions")
    for system in SYSTEMS:
        figures = np.array([figures_of(one, ranked(system, one, retrievers[one.corpus])) for one in answerable])
        of_kind = [[one.kind == kind for one in answerable] for kind in kinds]
        by_kind = [figures[own, 0].mean() for own in of_kind]
        table.add_row(
            system.name, *(f"{mean:.3f}" for mean in figures.mean(axis=0)), *(f"{hit:.2f}" for hit in by_kind)
        )
    return table


def ranked(system: System, one: DevelopmentQuestion, retriever: Retriever) -> list[str]:
    """Return the urls that a system finds for a question, best first."""
    query = system.read(retriever.reader).read(one.question)
    vector = retriever.embedder.embed([query.text])[0]
    found = retriever.candidates(vector, match_terms(query.concepts, retriever.snapshot.postings))
    order = np.argsort(-system.score(found), kind="stable")
    return [retriever.snapshot.urls[int(number)] for number in found.entries[order]]


def figures_of(one: DevelopmentQuestion, urls: Sequence[str]) -> tuple[float, ...]:
    """Return hit@1, hit@5, reciprocal rank and nDCG@10 of a ranking."""
    grades = np.array([one.relevant.get(url, 0) for url in urls])
    first = int(np.argmax(grades > 0)) if grades.any() else None
    discounts = 1 / np.log2(np.arange(2, 12))
    best = np.sort([*one.relevant.values(), *[0] * 10])[::-1][:10]
    gained = float(((2.0 ** grades[:10] - 1) * discounts[: len(grades[:10])]).sum())
    ideal = float(((2.0**best - 1) * discounts).sum())
    hits = (float(first == 0), float(first is not None and first < 5))
    return (*hits, 1 / (first + 1) if first is not None else 0.0, gained / ideal)
