"""Means over cases that come in clusters, and how surely they are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from evals.statistics.student import normal_quantile, normal_share_below, t_quantile

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

CONFIDENCE: Final = 0.95
_UPPER: Final = 1 - (1 - CONFIDENCE) / 2
_AT_ONCE: Final = 1_000
"""Draws whose clusters are counted at once, which bounds the memory that it takes."""


_ALIKE: Final = 1e-12
_MOST_ALIKE: Final = 0.005
"""The variance a case below which a draw does not vary, and the share of such draws that a studentised interval bears:
a fifth of what lies outside it on either side."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a value lies with 95 % confidence."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many draws are made, by PCG64 from which seed."""

    draws: int = 10_000
    seed: int = 20_260_115


SAMPLING: Final = Sampling()

Method = Literal["bootstrap", "wilson", "rule of three", "none"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over cases, with its interval.

    Attributes:
        interval: None over fewer than two clusters.
        t_interval: from the clustered standard error alone, to check the other by.
        se: the clustered standard error; None over fewer than two clusters.
        lowest: of the values.
        highest: of the values.
    """

    mean: float
    interval: Interval | None
    t_interval: Interval | None
    se: float | None
    n_cases: int
    n_clusters: int
    method: Method
    lowest: float
    highest: float


@dataclass(frozen=True)
class Clustered:
    """One value a case, and the number of its cluster, from 0 without gaps."""

    values: Floats
    codes: Codes

    @classmethod
    def of(cls, values: Sequence[float], clusters: Sequence[str]) -> Clustered:
        """Return values with the names of their clusters, of which there must be one at least."""
        numbers = {name: number for number, name in enumerate(sorted(set(clusters)))}
        return cls(np.asarray(values, np.float64), np.asarray([numbers[name] for name in clusters], np.intp))

    @cached_property
    def counts(self) -> Floats:
        """How many cases each cluster has."""
        return np.bincount(self.codes).astype(np.float64)

    @cached_property
    def sums(self) -> Floats:
        """What the values of each cluster add up to."""
        return np.bincount(self.codes, self.values).astype(np.float64, copy=False)

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return len(self.counts)

    @property
    def mean(self) -> float:
        """The mean over cases."""
        return float(self.values.mean())


@lru_cache(maxsize=2)
def draw_clusters(n_clusters: int, sampling: Sampling) -> Floats:
    """Return how often each cluster is drawn: one row a draw, drawn with replacement by PCG64."""
    generator = np.random.Generator(np.random.PCG64(sampling.seed))
    drawn = np.empty((sampling.draws, n_clusters))
    for start in range(0, sampling.draws, _AT_ONCE):
        rows = min(_AT_ONCE, sampling.draws - start)
        chosen = generator.integers(0, n_clusters, (rows, n_clusters)) + np.arange(rows)[:, None] * n_clusters
        counted = np.bincount(chosen.ravel(), minlength=rows * n_clusters)
        drawn[start : start + rows] = counted.reshape(rows, n_clusters)
    drawn.setflags(write=False)
    return drawn


def bootstrap_means(clustered: Clustered, sampling: Sampling = SAMPLING) -> Floats:
    """Return the mean over cases of each draw of clusters."""
    drawn = draw_clusters(clustered.n_clusters, sampling)
    return (drawn @ clustered.sums) / (drawn @ clustered.counts)


def interval_of(drawn: Floats, n_clusters: int) -> Interval:
    """Return the interval that what was drawn spans: percentiles, set apart as far as few clusters ask for.

    Plain percentiles are too narrow, by sqrt((C - 1) / C) and by the normal distribution in the place of Student's;
    Hesterberg (2015), "What teachers should know about the bootstrap", takes percentiles further out for both.
    """
    t = t_quantile(_UPPER, n_clusters - 1)
    tail = normal_share_below(-math.sqrt(n_clusters / (n_clusters - 1)) * t)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(float(low), float(high))


def studentised_interval(clustered: Clustered, sampling: Sampling = SAMPLING) -> Interval | None:
    """Return the bootstrap-t interval of a mean: by how many of its own standard errors each draw is off.

    It keeps its promise over means near 0 or 1, whose draws lean to one side, where percentiles hold the truth in 90 to
    93 % (`python -m bench.evals_statistics`); Efron and Tibshirani (1993), chapter 12.

    Returns:
        The interval; None where more draws than may lie outside it have no standard error, since few clusters differ.
    """
    drawn, sums, counts = draw_clusters(clustered.n_clusters, sampling), clustered.sums, clustered.counts
    n = drawn @ counts
    means = (drawn @ sums) / n
    squares = drawn @ sums**2 - 2 * means * (drawn @ (sums * counts)) + means**2 * (drawn @ counts**2)
    spread = clustered.n_clusters / (clustered.n_clusters - 1) * squares
    varies = spread > _ALIKE * n
    if varies.mean() < 1 - _MOST_ALIKE:
        return None
    off = (means - clustered.mean)[varies] / (np.sqrt(spread[varies]) / n[varies])
    low, high = np.quantile(off, [1 - _UPPER, _UPPER])
    se = clustered_se(clustered) or 0.0
    return Interval(clustered.mean - float(high) * se, clustered.mean - float(low) * se)


def clustered_se(clustered: Clustered) -> float | None:
    """Return the standard error of a mean over cases, with the factor C / (C - 1); None for a single cluster."""
    clusters = clustered.n_clusters
    if clusters < 2:
        return None
    residues = clustered.sums - clustered.counts * clustered.mean
    return math.sqrt(clusters / (clusters - 1) * float(residues @ residues)) / len(clustered.values)


def t_interval(clustered: Clustered) -> Interval | None:
    """Return a mean's interval by its clustered standard error and t(C - 1); None for a single cluster."""
    se = clustered_se(clustered)
    if se is None:
        return None
    half = t_quantile(_UPPER, clustered.n_clusters - 1) * se
    return Interval(clustered.mean - half, clustered.mean + half)


def wilson(share: float, n: float, z: float | None = None) -> Interval:
    """Return Wilson's interval of a share among ``n``, which need not be whole."""
    z = normal_quantile(_UPPER) if z is None else z
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def rule_of_three(n: int) -> float:
    """Return what a rate stays below with 95 % confidence where ``n`` cases showed nothing (Hanley, 1983)."""
    return min(1.0, 3 / n)


def estimate(clustered: Clustered, sampling: Sampling = SAMPLING) -> Estimate:
    """Return a mean with its interval: of a rate, Wilson's or the rule of three; of others, by cluster bootstrap.

    Where so few clusters differ that draws say little, a share counts as a rate of as many cases as there are clusters,
    which varies no less.
    """
    method, interval = _interval(clustered, sampling)
    return Estimate(
        mean=clustered.mean,
        interval=interval,
        t_interval=t_interval(clustered),
        se=clustered_se(clustered),
        n_cases=len(clustered.values),
        n_clusters=clustered.n_clusters,
        method=method,
        lowest=float(clustered.values.min()),
        highest=float(clustered.values.max()),
    )


def _interval(clustered: Clustered, sampling: Sampling) -> tuple[Method, Interval | None]:
    clusters = clustered.n_clusters
    if clusters < 2:
        return "none", None
    if np.isin(clustered.values, (0.0, 1.0)).all():
        return _rate_interval(clustered)
    is_share = bool(((clustered.values >= 0) & (clustered.values <= 1)).all())
    found = studentised_interval(clustered, sampling)
    if found is not None:
        return "bootstrap", Interval(max(0.0, found.low), min(1.0, found.high)) if is_share else found
    if is_share:
        return "wilson", wilson(clustered.mean, clusters, t_quantile(_UPPER, clusters - 1))
    return "bootstrap", interval_of(bootstrap_means(clustered, sampling), clusters)


def _rate_interval(clustered: Clustered) -> tuple[Method, Interval]:
    clusters = clustered.n_clusters
    if clustered.mean == 0:
        return "rule of three", Interval(0.0, rule_of_three(clusters))
    if clustered.mean == 1:
        return "rule of three", Interval(1 - rule_of_three(clusters), 1.0)
    return "wilson", wilson(clustered.mean, _independent_cases(clustered), t_quantile(_UPPER, clusters - 1))


def _independent_cases(clustered: Clustered) -> float:
    """Return how many independent cases would tell of a rate as much as these: their number by Kish's design effect.

    With Student's t in the place of z, this is Wilson's interval for complex surveys: Franco et al. (2019),
    "Comparative study of confidence intervals for proportions in complex sample surveys".
    """
    share, n = clustered.mean, len(clustered.values)
    se = clustered_se(clustered) or 0.0
    design = se * se / (share * (1 - share) / n)
    return n / max(1.0, design)
