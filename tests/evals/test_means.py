"""Means over clustered cases and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scored_rows import clustered_values
from statsmodels.api import OLS
from statsmodels.stats.proportion import proportion_confint

from bench.evals_statistics import Shape, coverage
from evals.statistics import Clustered, Sampling, estimate, rule_of_three, wilson
from evals.statistics.means import bootstrap_means, clustered_se, draw_clusters, t_interval
from evals.statistics.student import t_quantile


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 19, 50, 199, 200, 201, 1000, 30_000])
def test_quantiles_of_t_are_scipys(freedom: int) -> None:
    """Quantiles of Student's t agree with SciPy's to nine digits, on both sides."""
    for p in (0.01, 0.025, 0.4, 0.5, 0.6, 0.95, 0.975, 0.999):
        assert t_quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_clustered_standard_error_is_statsmodels(seed: int) -> None:
    """The standard error and its interval are those of a regression on a constant with clusters, t(C - 1)."""
    values, clusters = clustered_values(30, seed)
    groups = np.unique(clusters, return_inverse=True)[1]
    fitted = OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    ours = Clustered.of(list(values), clusters)
    assert clustered_se(ours) == pytest.approx(fitted.bse[0], rel=1e-12)
    interval = t_interval(ours)
    assert interval is not None
    assert [interval.low, interval.high] == pytest.approx(fitted.conf_int()[0])


def test_draws_are_those_of_pcg64() -> None:
    """Clusters are drawn by PCG64 from the seed that is given, and the means of a draw are means over its cases."""
    values, clusters = clustered_values(25, 7)
    ours = Clustered.of(list(values), clusters)
    chosen = np.random.Generator(np.random.PCG64(5)).integers(0, 25, (40, 25))
    expected = [np.concatenate([ours.values[ours.codes == code] for code in row]).mean() for row in chosen]
    assert bootstrap_means(ours, Sampling(40, 5)) == pytest.approx(expected)
    assert not np.array_equal(draw_clusters(25, Sampling(40, 5)), draw_clusters(25, Sampling(40, 6)))


def test_the_bootstrap_is_scipys_where_cases_are_many() -> None:
    """Over 200 single cases, the interval is SciPy's to a twelfth of its width."""
    values = np.random.default_rng(3).beta(2, 3, 200)
    ours = estimate(Clustered.of(list(values), [str(n) for n in range(200)])).interval
    theirs = stats.bootstrap((values,), np.mean, n_resamples=10_000, method="percentile", rng=1).confidence_interval
    assert ours is not None
    width = theirs.high - theirs.low
    assert abs(ours.low - theirs.low) < width / 12
    assert abs(ours.high - theirs.high) < width / 12


@given(st.integers(1, 500), st.data())
def test_wilsons_interval_is_statsmodels(n: int, drawn: st.DataObject) -> None:
    """Wilson's interval agrees with statsmodels for any share."""
    count = drawn.draw(st.integers(0, n))
    ours = wilson(count / n, n)
    assert (ours.low, ours.high) == pytest.approx(proportion_confint(count, n, method="wilson"), abs=1e-9)


def test_a_rate_of_cases_that_resemble_each_other_counts_for_less() -> None:
    """Twice the same cases in the same clusters tell no more than once; in clusters of their own they do."""
    rate = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0] * 5
    names = [str(number) for number in range(40)]
    once = estimate(Clustered.of(rate, names))
    doubled = estimate(Clustered.of(rate * 2, names * 2))
    apart = estimate(Clustered.of(rate * 2, [*names, *(f"other {name}" for name in names)]))
    assert once.interval is not None
    assert doubled.interval is not None
    assert apart.interval is not None
    assert once.method == "wilson"
    assert doubled.interval.low == pytest.approx(once.interval.low, abs=0.01)
    assert apart.interval.low > once.interval.low + 0.02


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nothing_seen_is_the_rule_of_three_over_clusters(value: float) -> None:
    """Where no case of 60 clusters differs, the interval is 3 / 60 wide, however many cases each has."""
    found = estimate(Clustered.of([value] * 120, [str(number // 2) for number in range(120)]))
    assert found.method == "rule of three"
    assert found.interval is not None
    assert found.interval.high - found.interval.low == pytest.approx(3 / 60) == rule_of_three(60)
    assert value in found.interval


def test_a_share_that_hardly_varies_is_no_surer_than_a_rate() -> None:
    """Where 59 of 60 values are 1 and one a half, the interval is no narrower than where all are 1."""
    found = estimate(Clustered.of([1.0] * 59 + [0.5], [str(number) for number in range(60)]))
    assert found.method == "wilson"
    assert found.interval is not None
    assert found.interval.low < 1 - rule_of_three(60)
    assert found.interval.high <= 1


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_an_interval_holds_its_mean_and_stays_in_range(values: list[float]) -> None:
    """Of shares, whatever they are, the interval lies between 0 and 1."""
    found = estimate(Clustered.of(values, [str(number // 2) for number in range(len(values))]), Sampling(200))
    if found.interval is not None:
        assert 0 <= found.interval.low <= found.interval.high <= 1


def test_counts_are_not_held_to_the_range_of_shares() -> None:
    """A mean of word counts has an interval around it."""
    found = estimate(Clustered.of([80.0, 120.0, 95.0, 130.0] * 8, [str(number) for number in range(32)]))
    assert found.interval is not None
    assert 90 < found.interval.low < found.mean < found.interval.high < 120


def test_a_single_cluster_has_no_interval() -> None:
    """A mean over one cluster is told without an interval."""
    found = estimate(Clustered.of([0.2, 0.4], ["one", "one"]))
    assert found.mean == pytest.approx(0.3)
    assert found.interval is found.t_interval is found.se is None


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Over 300 suites of known mean, intervals of 95 % hold it within what chance allows: all of it by the bench."""
    held = coverage(Shape(40, 0.8), 300, draws=2_000)
    for name in ("bootstrap", "t", "rate"):
        assert 0.92 <= held[name] <= 0.98, (name, held[name])
