"""How far a metric goes with what people say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.statistics.agreement import Agreement, bootstrapped, quotients
from evals.statistics.means import SAMPLING, Codes, Floats, Sampling


@dataclass(frozen=True, slots=True)
class WithPeople:
    """How a metric goes with people's scores.

    Attributes:
        pairwise: share of the pairs that people tell apart which the metric puts in the same order; ties count half.
    """

    pearson: Agreement
    spearman: Agreement
    pairwise: Agreement


def with_people(
    metric: Sequence[float],
    people: Sequence[float],
    clusters: Sequence[str],
    *,
    within: Sequence[str] | None = None,
    sampling: Sampling = SAMPLING,
) -> WithPeople:
    """Return how a metric goes with people's scores of the same replies.

    Args:
        within: of each reply, what it is compared within, such as its case; None to compare all with all.
    """
    names = np.asarray(clusters)
    told, agreed = _pairs(np.asarray(metric, np.float64), np.asarray(people, np.float64))
    if within is not None:
        groups = np.asarray(within)
        told, agreed = (pairs * (groups[:, None] == groups) for pairs in (told, agreed))
    is_inside = names[:, None] == names
    pearson, spearman = correlations(metric, people, clusters, sampling)
    return WithPeople(
        pearson,
        spearman,
        bootstrapped(
            lambda weights: quotients(_counted(weights, agreed, is_inside), _counted(weights, told, is_inside)),
            clusters,
            sampling,
        ),
    )


def correlations(
    metric: Sequence[float], people: Sequence[float], clusters: Sequence[str], sampling: Sampling = SAMPLING
) -> tuple[Agreement, Agreement]:
    """Return Pearson's and Spearman's coefficients of a metric with people's scores."""
    ours, theirs = np.asarray(metric, np.float64), np.asarray(people, np.float64)
    our_places, their_places = (np.unique(values, return_inverse=True)[1] for values in (ours, theirs))
    return (
        bootstrapped(lambda weights: _pearsons(weights, ours[None], theirs[None]), clusters, sampling),
        bootstrapped(
            lambda weights: _pearsons(weights, _ranks(weights, our_places), _ranks(weights, their_places)),
            clusters,
            sampling,
        ),
    )


def _pearsons(weights: Floats, one: Floats, other: Floats) -> Floats:
    """Return the correlation in each row, of values that count as often as the row's weights say."""
    n = weights.sum(1, keepdims=True)
    one = one - (weights * one).sum(1, keepdims=True) / n
    other = other - (weights * other).sum(1, keepdims=True) / n
    spreads = (weights * one * one).sum(1) * (weights * other * other).sum(1)
    return quotients((weights * one * other).sum(1), np.sqrt(spreads))


def _ranks(weights: Floats, places: Codes) -> Floats:
    """Return the middle rank of each value in each row, counted as often as it was drawn."""
    of_place = weights @ np.eye(places.max() + 1)[places]
    middles = of_place.cumsum(1) - of_place / 2
    return middles[:, places]


def _pairs(ours: Floats, theirs: Floats) -> tuple[Floats, Floats]:
    """Return which pairs people tell apart, and how far the metric agrees on each."""
    our_signs, their_signs = np.sign(ours[:, None] - ours), np.sign(theirs[:, None] - theirs)
    told = their_signs != 0
    return told.astype(np.float64), told * (1 + our_signs * their_signs) / 2


def _counted(weights: Floats, pairs: Floats, is_inside: npt.NDArray[np.bool_]) -> Floats:
    """Return what pairs add up to in each row.

    A pair of two clusters counts as often as both are drawn together; one inside a cluster as often as that is drawn,
    not as its square: copies of a cluster are not compared with each other.
    """
    inside, across = (pairs * is_inside).sum(1), pairs * ~is_inside
    return weights @ inside + ((weights @ across) * weights).sum(1) if across.any() else weights @ inside
