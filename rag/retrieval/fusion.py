"""How the signals of one entry become one score.

A weighted sum of scores keeps what ranks throw away (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
Retrieval", 2023). On the development questions it put a right entry first for 0.85 of them, against 0.77 for the best
single signal and 0.76 for reciprocal-rank fusion; `make bench-retrieval` prints the table of docs/retrieval.md.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from rag.models import Signals

QUESTION_WEIGHT = 0.25
TERMS_WEIGHT = 0.6

SLOPE = 7.26
MIDDLE = 0.748
"""Of the logistic curve: see `probability`."""


def fuse(signals: Signals) -> float:
    """Return the sum that entries are ranked by."""
    return signals.section + QUESTION_WEIGHT * signals.question + TERMS_WEIGHT * signals.terms


def probability(fused: float) -> float:
    """Return how sure we are that the entry answers the question, from 0 to 1.

    A logistic curve over the fused score, fitted to whether the first entry was a right one for the development
    questions, answerable and not (`make bench-retrieval`).
    """
    return 1 / (1 + math.exp(-SLOPE * (fused - MIDDLE)))


def best_bm25(terms: Collection[str], counts: Mapping[str, int], entry_count: int) -> float:
    """Return the BM25 score that no entry can exceed for these terms.

    Each term gives at most ``idf * (k1 + 1)``, with FTS5's k1 of 1.2 and its idf. A term that no entry holds counts
    too, so that an entry that lacks the question's rarest word scores low.
    """
    return sum(_K1_PLUS_1 * idf(counts.get(term, 0), entry_count) for term in terms)


def idf(count: int, entry_count: int) -> float:
    """Return the weight of a term that `count` of the entries hold, as FTS5 computes it."""
    return max(_LEAST_IDF, math.log((entry_count - count + 0.5) / (count + 0.5)))


_K1_PLUS_1 = 2.2
_LEAST_IDF = 1e-6
"""FTS5's floor, for terms that more than half of the entries hold."""
