"""Whether the entries that hold the answer were found, and how high."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from evals.scoring.outcome import Outcomes, Unscored
from evals.scoring.subject import Subject

_NAMES = ("recall_at_5", "recall_at_10", "ndcg_at_10", "rr_at_10", "success_at_1")


def score_retrieval(subject: Subject) -> Outcomes:
    """Return recall, nDCG, reciprocal rank and success; for a synthesis the share of sources that its nuggets name."""
    case, found = subject.case, list(dict.fromkeys(subject.reply.retrieved))
    names = (*_NAMES, "source_coverage_at_10") if case.kind == "synthesis" else _NAMES
    relevant = {url: grade for url, grade in case.sources.items() if grade > 0}
    if not relevant:
        return dict.fromkeys(names, Unscored("case: names no sources"))
    named = {one.source for one in case.nuggets if one.source} or set(relevant)
    values = (
        recall_at(5, found, relevant),
        recall_at(10, found, relevant),
        ndcg_at(10, found, relevant),
        next((1 / rank for rank, url in enumerate(found[:10], 1) if url in relevant), 0.0),
        float(found[:1] != [] and found[0] in relevant),
        len(named & set(found[:10])) / len(named),
    )
    return dict(zip(names, values, strict=False))


def recall_at(depth: int, found: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Return the share of relevant entries among the first found."""
    return len(relevant.keys() & set(found[:depth])) / len(relevant)


def ndcg_at(depth: int, found: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Return nDCG with grades as gains, as trec_eval reckons."""
    ideal = sorted(relevant.values(), reverse=True)
    return _dcg([relevant.get(url, 0) for url in found[:depth]]) / _dcg(ideal[:depth])


def _dcg(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
