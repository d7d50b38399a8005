"""Whether intervals of means keep what they promise: `python -m bench.evals_statistics`.

Makes 1,000 suites whose true means are known, in clusters of one to five cases that resemble each other, and counts how
often an interval of 95 % holds the truth. Of differences, `bench.evals_differences` counts.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from evals.statistics import Clustered, Interval, Sampling, estimate
from evals.statistics.means import Floats, bootstrap_means

_ALIKE: Final = 3.0
"""Sum of the parameters of the beta distribution that the means of clusters have, which makes them differ widely."""

_WITHIN: Final = 4.0
"""The same of the distribution of the cases of a cluster."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of suite: how many clusters, and the true mean."""

    n_clusters: int
    mean: float


SHAPES: Final = (Shape(20, 0.4), Shape(40, 0.4), Shape(80, 0.4), Shape(40, 0.8), Shape(20, 0.9), Shape(200, 0.6))


def main() -> None:
    """Make the suites and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", type=int, default=1_000)
    suites = parser.parse_args().suites
    table = Table("clusters", "mean", "bootstrap", "percentiles", "t(C-1)", "rate")
    started = time.process_time()
    for shape in SHAPES:
        shares = coverage(shape, suites).values()
        table.add_row(str(shape.n_clusters), str(shape.mean), *(f"{share:.1%}" for share in shares))
    Console().print(table)
    print(f"{suites} suites each, {time.process_time() - started:.0f} s of CPU")


def coverage(shape: Shape, suites: int, draws: int = 10_000) -> Mapping[str, float]:
    """Return how often each interval of a mean holds the truth."""
    held = {"bootstrap": 0, "percentiles": 0, "t": 0, "rate": 0}
    for number, clusters in enumerate(_suites(shape, suites)):
        sampling = Sampling(draws, number)
        scores = Clustered.of(list(_scores(clusters, number)), [str(code) for code in clusters.codes])
        found = estimate(scores, sampling)
        percentiles = np.quantile(bootstrap_means(scores, sampling), [0.025, 0.975])
        rate = estimate(Clustered(_rates(clusters, number), clusters.codes), sampling)
        held["bootstrap"] += found.interval is not None and shape.mean in found.interval
        held["percentiles"] += shape.mean in Interval(float(percentiles[0]), float(percentiles[1]))
        held["t"] += found.t_interval is not None and shape.mean in found.t_interval
        held["rate"] += rate.interval is not None and shape.mean in rate.interval
    return {name: number / suites for name, number in held.items()}


@dataclass(frozen=True, slots=True)
class _Clusters:
    means: Floats
    codes: np.typing.NDArray[np.intp]


def _suites(shape: Shape, suites: int) -> Iterator[_Clusters]:
    generator = np.random.default_rng(shape.n_clusters)
    for _ in range(suites):
        sizes = generator.integers(1, 6, shape.n_clusters)
        means = generator.beta(shape.mean * _ALIKE, (1 - shape.mean) * _ALIKE, shape.n_clusters)
        yield _Clusters(means.clip(0.001, 0.999), np.repeat(np.arange(shape.n_clusters), sizes))


def _scores(clusters: _Clusters, seed: int) -> Floats:
    means = clusters.means[clusters.codes]
    return np.random.default_rng([seed, 1]).beta(means * _WITHIN, (1 - means) * _WITHIN)


def _rates(clusters: _Clusters, seed: int) -> Floats:
    drawn = np.random.default_rng([seed, 2]).random(len(clusters.codes))
    return (drawn < clusters.means[clusters.codes]).astype(np.float64)


if __name__ == "__main__":
    main()
