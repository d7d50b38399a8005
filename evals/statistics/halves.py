"""How surely two runs differ: p and interval of a mean difference, both from dealing clusters into two halves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from evals.statistics.means import CONFIDENCE, SAMPLING, Clustered, Floats, Interval, Sampling

ALPHA: Final = 1 - CONFIDENCE
_EXACT: Final = 14
"""Clusters up to which all ways of dealing them are tried: 16,384, no fewer than would be drawn."""

_AT_ONCE: Final = 1_000
_EQUAL: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Halved:
    """What dealing the clusters of a difference into two halves says of its mean.

    Attributes:
        p: two-sided; at most 0.05 exactly where the interval leaves out 0.
        interval: None over so few clusters that no interval can be that sure.
        is_exact: whether all ways were tried.
    """

    p: float
    interval: Interval | None
    is_exact: bool


def halve(differences: Clustered, sampling: Sampling = SAMPLING) -> Halved:
    """Return p and interval of a mean difference.

    Each cluster goes into one of two halves by lot. The halves' means lie on either side of the whole mean, and the
    interval reaches as far as the lower half and the higher half do in all but one way of twenty: Hartigan's typical
    values (1969), "Using subsample values as typical values". It is the sign-flip permutation test of whole clusters
    inverted: with the signs of one half flipped, the sum is as far from 0 as it was exactly where the halves' sums do
    not have the same sign, and p is the share of such ways; the same holds of any other true difference in the place
    of 0. So p and interval cannot contradict each other, and both are exact, however unequal clusters are, where
    differences are symmetric about the true one; the clusters as they are count as a way (Phipson and Smyth, 2010,
    "Permutation p-values should never be zero").

    Rates that differ rarely, and mostly one way, are not symmetric, and what the other way would be is not seen. So two
    cases are added where something differs, clusters of their own, one that got right and one that got wrong: Bonett
    and Price (2012), "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data".

    Over twelve shapes it holds the true difference in 92.2 % or more. Percentiles of a cluster bootstrap, t by
    the clustered standard error (Cameron, Gelbach and Miller, 2008, "Bootstrap-based improvements for inference with
    clustered errors") and the bootstrap-t (Hall, 1988; Efron and Tibshirani, 1993, chapter 12) fall to 88 or 89 %:
    `python -m bench.evals_differences`. Where one cluster of ten differs, always one way, it holds in 71 %.
    """
    lower, higher, is_exact = _halves(_with_unseen(differences), sampling)
    p = float(((lower <= 0) & (higher >= 0)).mean())
    beyond = int(ALPHA * len(lower))
    low, high = float(np.partition(lower, beyond)[beyond]), float(-np.partition(-higher, beyond)[beyond])
    if not np.isfinite([low, high]).all():
        return Halved(p, None, is_exact)
    return Halved(p, Interval(min(low, differences.mean), max(high, differences.mean)), is_exact)


def _with_unseen(differences: Clustered) -> Clustered:
    """Return differences with one case each way where they are those of a rate, and not all 0."""
    if not differences.values.any() or not np.isin(differences.values, (-1.0, 0.0, 1.0)).all():
        return differences
    codes = np.append(differences.codes, [differences.n_clusters, differences.n_clusters + 1])
    return Clustered(np.append(differences.values, [1.0, -1.0]), codes)


def _halves(clustered: Clustered, sampling: Sampling) -> tuple[Floats, Floats, bool]:
    """Return the means of the lower and of the higher half of each way, and whether these are all ways.

    A half without clusters may have any mean: the lower is then minus infinity, the higher infinity.
    """
    is_exact = clustered.n_clusters <= _EXACT
    parts = [_all_ways(clustered)] if is_exact else _some_ways(clustered, sampling)
    sums, counts = np.concatenate(parts).T
    others, other_counts = clustered.sums.sum() - sums, clustered.counts.sum() - counts
    whole = (counts == 0) | (other_counts == 0)
    first, second = sums / np.where(whole, 1, counts), others / np.where(whole, 1, other_counts)
    lower, higher = (
        np.where(abs(ends) <= _EQUAL, 0.0, ends) for ends in (np.minimum(first, second), np.maximum(first, second))
    )
    return np.where(whole, -np.inf, lower), np.where(whole, np.inf, higher), is_exact


def _all_ways(clustered: Clustered) -> Floats:
    """Return the sum and the number of cases of one half, in every way."""
    ways = np.array(list(product((0.0, 1.0), repeat=clustered.n_clusters)))
    return ways @ _columns(clustered)


def _some_ways(clustered: Clustered, sampling: Sampling) -> list[Floats]:
    """Return the same in ways drawn by PCG64, and first of the clusters as they are: all in one half."""
    generator = np.random.Generator(np.random.PCG64(sampling.seed))
    columns = _columns(clustered)
    parts = [columns.sum(0, keepdims=True)]
    for start in range(0, sampling.draws, _AT_ONCE):
        rows = min(_AT_ONCE, sampling.draws - start)
        parts.append(generator.integers(0, 2, (rows, clustered.n_clusters), np.int8) @ columns)
    return parts


def _columns(clustered: Clustered) -> Floats:
    return np.column_stack([clustered.sums, clustered.counts])
