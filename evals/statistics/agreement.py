"""How far raters agree: judges with people, or with themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from evals.statistics.means import SAMPLING, Clustered, Codes, Floats, Interval, Sampling, draw_clusters, interval_of

Level = Literal["nominal", "ordinal", "interval"]
"""Whether ratings only differ, have an order, or lie on a scale."""

_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its interval.

    Attributes:
        value: None where it is not defined, such as where nothing varies.
        interval: by cluster bootstrap; None over fewer than two clusters, or where no draw defines it.
    """

    value: float | None
    interval: Interval | None
    n: int
    n_clusters: int


def cohen_kappa(
    one: Sequence[str], other: Sequence[str], clusters: Sequence[str], sampling: Sampling = SAMPLING
) -> Agreement:
    """Return Cohen's kappa of two raters' labels of the same items."""
    names = sorted({*one, *other})
    places = [names.index(a) * len(names) + names.index(b) for a, b in zip(one, other, strict=True)]
    cells = np.eye(len(names) ** 2)[places]
    return bootstrapped(lambda weights: _kappas(weights @ cells, len(names)), clusters, sampling)


def krippendorff_alpha(
    ratings: Sequence[Sequence[float | None]],
    clusters: Sequence[str],
    level: Level = "nominal",
    sampling: Sampling = SAMPLING,
) -> Agreement:
    """Return Krippendorff's alpha of items, each with the ratings it was given; None where a rater gave none."""
    given = [[rating for rating in item if rating is not None] for item in ratings]
    values = np.unique([rating for item in given for rating in item])
    pairs = np.stack([_coincidences(np.searchsorted(values, item), len(values)) for item in given])
    return bootstrapped(lambda weights: _alphas(weights @ pairs, values, level), clusters, sampling)


def bootstrapped(
    measure: Callable[[Floats], Floats], clusters: Sequence[str], sampling: Sampling = SAMPLING
) -> Agreement:
    """Return a coefficient with its interval.

    Args:
        measure: given rows of how often each item counts, returns the coefficient of each row; NaN where undefined.
    """
    codes = Clustered.of([0.0] * len(clusters), clusters).codes
    n_clusters = len(set(clusters))
    value = float(measure(np.ones((1, len(codes))))[0])
    interval = None
    if n_clusters > 1:
        drawn = draw_clusters(n_clusters, sampling)
        parts = [measure(drawn[start : start + _AT_ONCE][:, codes]) for start in range(0, sampling.draws, _AT_ONCE)]
        found = np.concatenate(parts)
        found = found[np.isfinite(found)]
        interval = interval_of(found, n_clusters) if len(found) else None
    return Agreement(value if np.isfinite(value) else None, interval, len(codes), n_clusters)


def quotients(above: Floats, below: Floats) -> Floats:
    """Return above / below; NaN where below is 0."""
    is_zero = abs(below) < 1e-12
    return np.where(is_zero, np.nan, above / np.where(is_zero, 1.0, below))


def _kappas(counts: Floats, n_labels: int) -> Floats:
    tables = counts.reshape(-1, n_labels, n_labels) / counts.sum(1)[:, None, None]
    agreed = np.trace(tables, axis1=1, axis2=2)
    by_chance = (tables.sum(1) * tables.sum(2)).sum(1)
    return quotients(agreed - by_chance, 1 - by_chance)


def _coincidences(places: Codes, n_values: int) -> Floats:
    """Return how often each value stands with each other in the ratings of one item, flat."""
    if len(places) < 2:
        return np.zeros(n_values**2)
    counts = np.bincount(places, minlength=n_values).astype(np.float64)
    return ((np.outer(counts, counts) - np.diag(counts)) / (len(places) - 1)).ravel()


def _alphas(counts: Floats, values: Floats, level: Level) -> Floats:
    tables = counts.reshape(-1, len(values), len(values))
    totals = tables.sum(2)
    n = totals.sum(1)
    apart = _distances(totals, values, level)
    observed = (tables * apart).sum((1, 2)) * (n - 1)
    expected = (totals[:, :, None] * totals[:, None, :] * apart).sum((1, 2))
    return 1 - quotients(observed, expected)


def _distances(totals: Floats, values: Floats, level: Level) -> Floats:
    """Return how far each value is from each other, squared: one table for each row of totals, or one for all."""
    if level == "nominal":
        return 1 - np.eye(len(values))[None]
    if level == "interval":
        return ((values[:, None] - values) ** 2)[None]
    middles = totals.cumsum(1) - totals / 2
    return (middles[:, :, None] - middles[:, None, :]) ** 2
