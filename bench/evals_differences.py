"""Whether the interval of a difference of two runs keeps its promise: `python -m bench.evals_differences`.

Makes suites of clusters of 13 shapes, of which the true difference is known: six where two runs are equally good, six
where they are not, of unequal clusters or lopsided scores, and one that is beyond any interval. Beside ours stand
percentiles of the bootstrap, the bootstrap-t (percentiles where it has none) and Student's t by the clustered standard
error.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from evals.statistics import Clustered, Interval, Sampling
from evals.statistics.halves import ALPHA, halve
from evals.statistics.means import Floats, bootstrap_means, interval_of, studentised_interval, t_interval

_ALIKE: Final = 3.0
"""Sum of the parameters of the beta distribution that the means of clusters have, which makes them differ widely."""

_WITHIN: Final = 4.0
"""The same of the distribution of the cases of a cluster."""

_RATES: Final = 7 / 3
"""The same of the shares that clusters get right: cases of a cluster correlate by 1 / (1 + 7 / 3) = 0.3."""

Codes = np.typing.NDArray[np.intp]
Draw = Callable[[np.random.Generator, Codes], Floats]


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of suite.

    Attributes:
        truth: the true difference.
        draw: returns the difference of each case, given the clusters' numbers.
        is_unequal: whether clusters have up to 60 cases, most of them few; else up to 5.
    """

    n_clusters: int
    truth: float
    draw: Draw
    is_unequal: bool = False

    def suite(self, generator: np.random.Generator) -> Clustered:
        """Return the differences of a suite's cases."""
        sizes = generator.integers(1, 6, self.n_clusters)
        if self.is_unequal:
            sizes = np.ceil(np.exp(generator.normal(0.5, 1.2, self.n_clusters))).clip(1, 60).astype(np.int64)
        codes = np.repeat(np.arange(self.n_clusters), sizes)
        return Clustered(self.draw(generator, codes), codes)


def _equals(mean: float) -> Draw:
    def draw(generator: np.random.Generator, codes: Codes) -> Floats:
        means = _spread(generator, mean, _ALIKE, codes)
        return _scores(generator, means) - _scores(generator, means)

    return draw


def _rates(before: float, after: float) -> Draw:
    def draw(generator: np.random.Generator, codes: Codes) -> Floats:
        right = [generator.random(len(codes)) < _spread(generator, mean, _RATES, codes) for mean in (before, after)]
        return right[1].astype(np.float64) - right[0]

    return draw


def _refused(before: float, after: float) -> Draw:
    """Scores of 0 for whole clusters, of which the second run has only some."""

    def draw(generator: np.random.Generator, codes: Codes) -> Floats:
        lot, means = generator.random(_clusters(codes))[codes], _spread(generator, 0.5, _ALIKE, codes)
        scores = [np.where(lot < share, 0.0, _scores(generator, means)) for share in (before, after)]
        return scores[1] - scores[0]

    return draw


def _skewed(generator: np.random.Generator, codes: Codes) -> Floats:
    """Many clusters are a little worse, and a few much better."""
    return (
        generator.exponential(1.0, _clusters(codes))[codes] * 0.2 - 0.15 + 0.1 * generator.standard_normal(len(codes))
    )


def _normal(generator: np.random.Generator, codes: Codes) -> Floats:
    return (
        0.05 + 0.1 * generator.standard_normal(_clusters(codes))[codes] + 0.15 * generator.standard_normal(len(codes))
    )


def _rare(generator: np.random.Generator, codes: Codes) -> Floats:
    """One cluster of ten is better, and nothing else differs."""
    return np.where(
        generator.random(_clusters(codes))[codes] < 0.1, 0.3 * generator.exponential(1.0, _clusters(codes))[codes], 0.0
    )


def _clusters(codes: Codes) -> int:
    return int(codes.max()) + 1


def _spread(generator: np.random.Generator, mean: float, alike: float, codes: Codes) -> Floats:
    return generator.beta(mean * alike, (1 - mean) * alike, _clusters(codes))[codes].clip(0.001, 0.999)


def _scores(generator: np.random.Generator, means: Floats) -> Floats:
    return generator.beta(means * _WITHIN, (1 - means) * _WITHIN)


SHAPES: Final[Mapping[str, Shape]] = {
    "20 clusters, equal at 0.4": Shape(20, 0.0, _equals(0.4)),
    "40 clusters, equal at 0.4": Shape(40, 0.0, _equals(0.4)),
    "80 clusters, equal at 0.4": Shape(80, 0.0, _equals(0.4)),
    "40 clusters, equal at 0.8": Shape(40, 0.0, _equals(0.8)),
    "20 clusters, equal at 0.9": Shape(20, 0.0, _equals(0.9)),
    "200 clusters, equal at 0.6": Shape(200, 0.0, _equals(0.6)),
    "20 very unequal clusters": Shape(20, 0.05, _normal, is_unequal=True),
    "20 clusters, skewed": Shape(20, 0.05, _skewed),
    "30 clusters, refusals of 30 to 20 %": Shape(30, 0.05, _refused(0.3, 0.2)),
    "20 clusters, rates of 0.90 and 0.97": Shape(20, 0.07, _rates(0.90, 0.97)),
    "30 clusters, rates of 0.95 and 0.99": Shape(30, 0.04, _rates(0.95, 0.99)),
    "20 clusters, rates of 0.02 and 0.06": Shape(20, 0.04, _rates(0.02, 0.06)),
    "30 clusters, one of ten better": Shape(30, 0.03, _rare),
}


def main() -> None:
    """Make the suites and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", type=int, default=2_000)
    suites = parser.parse_args().suites
    table = Table("shape", "told apart", "held", "percentiles", "bootstrap-t", "t(C-1)", "width: ours / t")
    started = time.process_time()
    for name, shape in SHAPES.items():
        counted = count(shape, suites)
        shares = [counted[column] / suites for column in ("apart", "ours", "percentiles", "bootstrap-t", "t")]
        table.add_row(name, *(f"{share:.1%}" for share in shares), f"{counted['width'] / counted['t width']:.2f}")
    Console(width=130).print(table)
    print(f"{suites} suites each, {time.process_time() - started:.0f} s of CPU")


def count(shape: Shape, suites: int, draws: int = 2_000) -> Mapping[str, float]:
    """Return in how many suites each interval holds the true difference, and ours 0; and how wide ours and t are."""
    generator, counted = np.random.default_rng(shape.n_clusters), defaultdict[str, float](float)
    for number in range(suites):
        suite, sampling = shape.suite(generator), Sampling(draws, number)
        halved, by_t = halve(suite, sampling), t_interval(suite)
        percentiles = interval_of(bootstrap_means(suite, sampling), suite.n_clusters)
        studentised = studentised_interval(suite, sampling) or percentiles
        intervals = {"ours": halved.interval, "percentiles": percentiles, "bootstrap-t": studentised, "t": by_t}
        for name, one in intervals.items():
            counted[name] += one is not None and shape.truth in one
        counted["apart"] += halved.p <= ALPHA
        counted["width"] += _width(halved.interval)
        counted["t width"] += _width(by_t)
    return counted


def _width(interval: Interval | None) -> float:
    return 0.0 if interval is None else interval.high - interval.low


if __name__ == "__main__":
    main()
