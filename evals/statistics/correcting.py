"""Means of many cheap labels, corrected by what a few good ones say of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evals.statistics.means import CONFIDENCE, Clustered, Interval, clustered_se
from evals.statistics.student import normal_quantile

_Z: Final = normal_quantile(1 - (1 - CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A mean beside what it is once the labels' bias is taken out.

    Attributes:
        raw: mean of the cheap labels.
        bias: of the cheap labels, where both are known: cheap less good.
        mean: raw less bias; it may lie outside the scale.
        interval: of the corrected mean; None over fewer than two clusters of either.
        n, n_labelled: how many cheap labels there are, and how many of both.
    """

    raw: float
    bias: float
    mean: float
    interval: Interval | None
    n: int
    n_labelled: int


def corrected_mean(
    predicted: Sequence[float], clusters: Sequence[str], errors: Sequence[float], error_clusters: Sequence[str]
) -> Corrected:
    """Return the prediction-powered mean of cheap labels: Angelopoulos et al. (2023), "Prediction-powered inference".

    It is right as far as the cases labelled by both are like those that are not; the interval is normal, from the two
    clustered standard errors.

    Args:
        predicted: cheap labels of the cases that have no good ones.
        errors: cheap label less good label, of other cases that have both.
    """
    cheap, wrong = Clustered.of(predicted, clusters), Clustered.of(errors, error_clusters)
    mean = cheap.mean - wrong.mean
    ses = (clustered_se(cheap), clustered_se(wrong))
    interval = None
    if ses[0] is not None and ses[1] is not None:
        half = _Z * math.hypot(ses[0], ses[1])
        interval = Interval(mean - half, mean + half)
    return Corrected(cheap.mean, wrong.mean, mean, interval, len(predicted), len(errors))
