"""Preferences between two runs come to wins, ties and losses, with an interval over clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from scored_rows import scored
from suite_cases import make_case

from evals.judging import Calibration, Preference, TaskCalibration, corrected_means, summed_up
from evals.models import Case
from evals.statistics import Agreement, Sampling

SAMPLING = Sampling(draws=300)


def cases_in(n_clusters: int, each: int = 1) -> dict[str, Case]:
    """Return cases, so many of each cluster."""
    made = [
        replace(make_case(f"case-{cluster}-{number}"), cluster=f"c{cluster}")
        for cluster in range(n_clusters)
        for number in range(each)
    ]
    return {case.url: case for case in made}


def said(cases: Mapping[str, Case], *values: float, longer_by: int = 0) -> list[Preference]:
    """Return a preference of each case, by turns."""
    return [
        Preference((url, "open", 0), values[number % len(values)], values[number % len(values)] != 0.5, longer_by)
        for number, url in enumerate(cases)
    ]


def test_wins_ties_and_losses_are_counted() -> None:
    """A tie is worth a half; what has no verdict counts as none of them, and is told with its reason."""
    cases = cases_in(4)
    lost = Preference((next(iter(cases)), "held_out", 0), None, None, 3, "judge: refused")
    told = summed_up([*said(cases, 1.0, 0.5, 1.0, 0.0), lost], cases, SAMPLING)
    assert (told.wins, told.ties, told.losses, told.unscored) == (2, 1, 1, {"judge: refused": 1})
    assert (told.share and told.share.mean, told.consistent) == (0.625, 3)
    none = summed_up([lost], cases, SAMPLING)
    assert (none.share, none.longer_by, none.is_enough) == (None, 0.0, False)


def test_the_interval_is_over_clusters() -> None:
    """Ten cases alike in a cluster say no more than one; below twenty clusters nothing is compared."""
    few, many = cases_in(10, each=10), cases_in(100)
    clustered = summed_up(said(few, *[1.0] * 10, *[0.0] * 10), few, SAMPLING)
    alone = summed_up(said(many, *[1.0] * 10, *[0.0] * 10), many, SAMPLING)
    assert clustered.share is not None
    assert alone.share is not None
    assert clustered.share.mean == alone.share.mean == 0.5
    assert clustered.share.interval is not None
    assert alone.share.interval is not None
    wide, narrow = (one.high - one.low for one in (clustered.share.interval, alone.share.interval))
    assert wide > 2 * narrow
    assert (clustered.share.n_clusters, clustered.is_enough, alone.is_enough) == (10, False, True)


def test_repeats_of_a_case_are_averaged_first() -> None:
    """A case that was asked three times weighs as much as one that was asked once."""
    cases = cases_in(2)
    first, second = said(cases, 1.0, 0.0)
    more = [replace(first, place=(first.place[0], "open", repeat)) for repeat in (1, 2)]
    told = summed_up([first, second, *more], cases, SAMPLING)
    assert (told.wins, told.losses, told.share and told.share.mean) == (3, 1, 0.5)


@pytest.mark.parametrize(("longer_by", "longer_won", "unequal"), [(5, 2, 3), (-5, 1, 3), (0, 0, 0)])
def test_length_stands_beside(longer_by: int, longer_won: int, unequal: int) -> None:
    """How often the longer reply won tells a judge who likes length; ties tell nothing of that."""
    cases = cases_in(4)
    told = summed_up(said(cases, 1.0, 1.0, 0.0, 0.5, longer_by=longer_by), cases, SAMPLING)
    assert (told.longer_by, told.longer_won, told.unequal) == (longer_by, longer_won, unequal)


def calibration(n: int) -> Calibration:
    """Return that of a judge of support who gives a fifth too much, over so many labelled items."""
    known = Agreement(0.8, None, n, n)
    task = TaskCalibration(
        n=n,
        unscored={},
        kappa=known,
        alpha=known,
        confusion={},
        by_stratum={},
        self_consistency=1.0,
        swap_consistency=None,
        errors=(0.2,) * n,
        error_clusters=tuple(map(str, range(n))),
    )
    return Calibration("judge", {"support": task})


def test_a_judges_errors_are_taken_out_of_its_mean() -> None:
    """From a hundred labels on, of the metric that counts as the labels do; of a case asked twice, its mean counts."""
    rows = [scored("/a", {"judge_support": value, "judge_claims_contradicted": 1.0}) for value in (1.0, 0.5)]
    rows = [replace(row, repeat=number) for number, row in enumerate(rows)]
    rows += [scored("/b", {"judge_support": 0.25}), scored("/c", {"judge_contradiction": 1.0})]
    (found,) = corrected_means(rows, calibration(100)).items()
    assert found[0] == "judge_support"
    assert (found[1].raw, found[1].mean, found[1].n) == pytest.approx((0.5, 0.3, 2))
    assert corrected_means(rows, calibration(99)) == {}
    assert corrected_means([], calibration(100)) == {}
