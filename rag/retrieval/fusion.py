"""How the signals of one entry become one score, and what that score is worth.

A weighted sum of scores keeps what ranks throw away (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
Retrieval", 2023); `make bench-retrieval` prints what it gains over each signal and over reciprocal ranks, and fits the
constants below anew.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from rag.models import Signals
from rag.ports import Vectors

QUESTION_WEIGHT: Final = 0.25
TERMS_WEIGHT: Final = 0.6


def fuse(section: Vectors, question: Vectors, terms: Vectors) -> Vectors:
    """Return the sums that entries are ranked by, shape ``(entries,)``; see `rag.models.Signals` for the three."""
    return np.asarray(section + QUESTION_WEIGHT * question + TERMS_WEIGHT * terms, dtype=np.float32)


def rank_parts(signals: Signals) -> dict[str, float]:
    """Return what each signal adds to the sum that an entry is ranked by."""
    return {
        "section": signals.section,
        "question": QUESTION_WEIGHT * signals.question,
        "terms": TERMS_WEIGHT * signals.terms,
    }


CERTAINTY: Final = {"section": 8.25, "missing": -0.194, "concepts": 0.24, "lead": 6.15}
"""Weights of the logistic model behind `probability`. A question that says more is answered for sure at a lower cosine
than a word or two are."""

INTERCEPT: Final = -5.72


WORDS_ONLY_CERTAINTY: Final = {"terms": 4.66, "missing": -0.053, "concepts": 0.363, "lead": 9.5}
WORDS_ONLY_INTERCEPT: Final = -4.3
"""The same where there are no vectors, fitted in the same way to what is found by words only."""


def probability(signals: Signals) -> float:
    """Return how sure we are that an entry answers the question, from 0 to 1.

    A logistic model over the entry's signals, fitted to whether the first entry was a right one for the development
    questions, answerable and not (`make bench-retrieval`; docs/retrieval.md shows how well it is calibrated).
    """
    return 1 / (1 + math.exp(-sum(certainty_parts(signals).values())))


def certainty_parts(signals: Signals) -> dict[str, float]:
    """Return what each signal adds to the log odds that an entry answers the question."""
    weights, intercept = (WORDS_ONLY_CERTAINTY, WORDS_ONLY_INTERCEPT) if signals.words_only else (CERTAINTY, INTERCEPT)
    return {"intercept": intercept, **{name: weight * getattr(signals, name) for name, weight in weights.items()}}
