"""How surely two runs differ: clusters dealt into halves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.evals_differences import SHAPES, count
from evals.statistics import Clustered, Interval, Sampling
from evals.statistics.halves import halve
from evals.statistics.means import Floats

FEW = Sampling(draws=1_999)


def alone(values: list[float] | Floats) -> Clustered:
    """Return differences of which each is a cluster."""
    return Clustered(np.asarray(values, np.float64), np.arange(len(values)))


def scipys_p(differences: Clustered, true: float) -> float:
    """Return SciPy's p that the mean is another than the true one, by all signs of clusters."""
    sums = differences.sums - differences.counts * true
    found = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=2 ** len(sums))
    return float(found.pvalue)


def test_p_and_interval_are_those_of_flipped_signs() -> None:
    """Over few clusters p is SciPy's exact one, and the interval holds what SciPy's test does not reject: no more."""
    generator = np.random.default_rng(1)
    codes = np.repeat(np.arange(9), [1, 7, 2, 3, 1, 1, 12, 2, 4])
    differences = Clustered(generator.normal(0.3, 0.6, len(codes)), codes)
    found = halve(differences)
    assert found.is_exact
    assert found.p == pytest.approx(scipys_p(differences, 0.0))
    assert found.interval is not None
    for end, inwards in ((found.interval.low, 1e-6), (found.interval.high, -1e-6)):
        assert scipys_p(differences, end + inwards) > 0.05
        assert scipys_p(differences, end - inwards) <= 0.05


def test_many_clusters_are_dealt_by_lot() -> None:
    """Over more, p is near the exact one, is never 0, and is the same for the same seed."""
    differences = alone(np.random.default_rng(2).normal(0.35, 1, 15))
    sums = differences.values
    signs = 1.0 - 2.0 * (np.arange(2**15)[:, None] >> np.arange(15) & 1)
    found = halve(differences)
    assert found.p == pytest.approx((abs(signs @ sums) >= abs(sums.sum()) - 1e-9).mean(), abs=0.015)
    assert not found.is_exact
    assert halve(differences) == found
    assert halve(alone(np.full(40, 0.5))).p == 1 / 10_001


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([-1.0, -0.3, 0.0, 0.0, 0.1, 0.1, 0.2, 1.0]), min_size=6, max_size=24)
    | st.lists(st.sampled_from([-1.0, 0.0, 0.0, 1.0]), min_size=6, max_size=24)
)
def test_p_and_interval_never_contradict_each_other(values: list[float]) -> None:
    """The interval leaves out 0 exactly where p is at most 0.05, and holds the mean: ties included."""
    differences = Clustered(
        np.asarray(values), np.arange(len(values)) // 2 if len(values) > 12 else np.arange(len(values))
    )
    found = halve(differences, FEW)
    assert found.interval is not None
    assert (found.p <= 0.05) == (0.0 not in found.interval)
    assert differences.mean in found.interval


def test_what_does_not_differ_has_p_1() -> None:
    """Runs that give the same have nothing between them."""
    found = halve(alone(np.zeros(30)))
    assert (found.p, found.interval) == (1.0, Interval(0.0, 0.0))


@pytest.mark.parametrize(("n_clusters", "has_interval"), [(1, False), (5, False), (6, True)])
def test_too_few_clusters_have_no_interval(n_clusters: int, has_interval: bool) -> None:  # noqa: FBT001
    """Below six clusters one way of twenty is not to be had."""
    assert (halve(alone([0.5] * n_clusters)).interval is not None) == has_interval


def test_what_was_not_seen_counts() -> None:
    """Six of thirty cases got right, none wrong: that some may have got wrong is within the interval of a rate."""
    rates, scores = (halve(alone([gain] * 6 + [0.0] * 24)).interval for gain in (1.0, 0.5))
    assert rates is not None
    assert scores is not None
    assert rates.low <= 0 < scores.low


@pytest.mark.parametrize(
    "name", ["20 clusters, equal at 0.9", "20 very unequal clusters", "30 clusters, rates of 0.95 and 0.99"]
)
def test_the_interval_keeps_its_promise(name: str) -> None:
    """Over 100 suites it holds the true difference as often as chance allows: the bench counts over more."""
    assert count(SHAPES[name], 100, draws=400)["ours"] >= 91
