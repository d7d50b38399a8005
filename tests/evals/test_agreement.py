"""How far raters agree, and metrics with people."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from evals.statistics import Sampling, cohen_kappa, krippendorff_alpha, with_people
from evals.statistics.agreement import Level

NAMES = [str(number) for number in range(60)]

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four observers, twelve units.
_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [list(unit) for unit in zip(*_OBSERVERS, strict=True)]


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_its_author(level: Level, value: float) -> None:
    """Krippendorff's own example comes to what he says, with gaps and a unit of one rating."""
    found = krippendorff_alpha(UNITS, NAMES[:12], level)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.interval is not None
    assert found.value in found.interval


def test_kappa_is_statsmodels() -> None:
    """Cohen's kappa agrees with statsmodels, and its interval with the asymptotic one to a sixth of its width."""
    generator = np.random.default_rng(8)
    one = generator.integers(0, 3, 60)
    other = np.where(generator.random(60) < 0.7, one, generator.integers(0, 3, 60))
    table = np.zeros((3, 3))
    np.add.at(table, (one, other), 1)
    theirs = cohens_kappa(table)
    ours = cohen_kappa([str(n) for n in one], [str(n) for n in other], NAMES)
    assert ours.value == pytest.approx(theirs.kappa)
    assert ours.interval is not None
    width = theirs.kappa_upp - theirs.kappa_low
    assert abs(ours.interval.low - theirs.kappa_low) < width / 6
    assert abs(ours.interval.high - theirs.kappa_upp) < width / 6


def test_labels_that_never_vary_have_no_kappa() -> None:
    """Where both always say the same one word, agreement beyond chance is not defined."""
    assert cohen_kappa(["yes"] * 60, ["yes"] * 60, NAMES).value is None
    assert krippendorff_alpha([[1, 1]] * 60, NAMES).value is None
    assert cohen_kappa(["yes", "no"] * 30, ["yes", "no"] * 30, NAMES).value == 1


def test_items_of_one_cluster_are_drawn_together() -> None:
    """The same items in fewer clusters have a wider interval; in a single one, none."""
    one, other = ["a", "a", "b", "b", "b", "a"] * 10, ["a", "b", "b", "b", "a", "a"] * 10
    apart = cohen_kappa(one, other, NAMES).interval
    blocks = cohen_kappa(one, other, [str(number % 6) for number in range(60)]).interval
    assert apart is not None
    assert blocks is not None
    assert blocks.high - blocks.low > apart.high - apart.low
    assert cohen_kappa(one, other, ["all"] * 60).interval is None


def test_correlations_are_scipys() -> None:
    """Pearson's and Spearman's coefficients agree with SciPy, with ties."""
    generator = np.random.default_rng(3)
    metric = generator.random(60).round(1)
    people = (metric * 3 + generator.normal(0, 1, 60)).round()
    found = with_people(list(metric), list(people), NAMES)
    assert found.pearson.value == pytest.approx(stats.pearsonr(metric, people)[0])
    assert found.spearman.value == pytest.approx(stats.spearmanr(metric, people)[0])


@pytest.mark.parametrize("name", ["pearson", "spearman"])
def test_each_draw_is_ranked_anew(name: str) -> None:
    """The interval of a coefficient is that of SciPy's bootstrap over items, to a twentieth."""
    generator = np.random.default_rng(5)
    metric = generator.random(60)
    people = (metric * 2 + generator.normal(0, 0.7, 60)).round(1)
    measure = {"pearson": stats.pearsonr, "spearman": stats.spearmanr}[name]
    drawn = [measure(metric[c], people[c])[0] for c in generator.integers(0, 60, (2_000, 60))]
    ours = getattr(with_people(list(metric), list(people), NAMES), name).interval
    assert (ours.low, ours.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.05)


def test_pairs_that_people_tell_apart_are_counted() -> None:
    """Of pairs that people rank, the share that a metric ranks alike; its ties count half, theirs nothing."""
    found = with_people([0.1, 0.5, 0.5, 0.2], [1, 2, 3, 3], NAMES[:4], sampling=Sampling(draws=200))
    assert found.pairwise.value == pytest.approx((1 + 1 + 1 + 0.5 + 0) / 5)


def test_pairs_may_be_held_to_one_case() -> None:
    """With `within`, replies to different cases are never compared."""
    words = [0.1, 0.2, 0.9, 0.8], [1, 2, 1, 2], ["a", "a", "b", "b"]
    assert with_people(*words, within=["a", "a", "b", "b"], sampling=Sampling(draws=200)).pairwise.value == 0.5
    assert with_people(*words, sampling=Sampling(draws=200)).pairwise.value == 0.5
    assert with_people(*words, within=["a", "b", "c", "d"], sampling=Sampling(draws=200)).pairwise.value is None


def test_a_cluster_drawn_twice_counts_twice() -> None:
    """Pairs within a cluster count as often as it is drawn: the interval is that of a bootstrap of whole clusters."""
    generator = np.random.default_rng(7)
    people = generator.random((25, 4))
    metric = people + generator.normal(0, 0.4, (25, 4))
    first, second = np.triu_indices(4, 1)
    agreed = ((metric[:, first] > metric[:, second]) == (people[:, first] > people[:, second])).sum(1)
    drawn = agreed[generator.integers(0, 25, (4_000, 25))].sum(1) / (25 * len(first))
    names = [str(number // 4) for number in range(100)]
    found = with_people(list(metric.ravel()), list(people.ravel()), names, within=names, sampling=Sampling(draws=4_000))
    assert found.pairwise.value == pytest.approx(agreed.sum() / (25 * len(first)))
    assert found.pairwise.interval is not None
    ends = (found.pairwise.interval.low, found.pairwise.interval.high)
    assert ends == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.02)
