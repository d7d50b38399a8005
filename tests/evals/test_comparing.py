"""Two runs set beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_rows import clustered_values, rows_of, run_of, scored
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from evals.models import Scored
from evals.statistics import ScoredRun, Selector, arms_apart, compare, holm, non_inferiority
from evals.statistics.comparing import Difference, mcnemar_p
from rag.errors import ConfigurationError

F1 = Selector("content_f1")


def differ(before: list[Scored], after: list[Scored], selector: Selector = F1) -> Difference:
    """Return the one difference of two runs."""
    return compare(run_of(before), run_of(after), [selector])[selector]


def test_replies_are_paired_by_case_arm_and_repeat() -> None:
    """The order of rows is nothing to a comparison; what one run lacks is counted and left out."""
    before = [scored(f"c{n}", {"content_f1": n / 10}, repeat=r) for n in range(5) for r in (0, 1)]
    after = [scored(f"c{n}", {"content_f1": n / 10 + 0.1}, repeat=r) for n in (3, 2, 1, 0) for r in (1, 0)]
    found = differ(before, after)
    assert found.delta == pytest.approx(0.1)
    assert (found.n_cases, found.n_unpaired, found.wins, found.ties, found.losses) == (4, 2, 4, 0, 0)


def test_cases_that_changed_are_not_compared() -> None:
    """A case of which the file is another, or not known, is an error that names it."""
    rows = rows_of("content_f1", [0.1, 0.2])
    run = run_of(rows)
    with pytest.raises(ConfigurationError, match="case-001"):
        compare(run, replace(run, hashes={**run.hashes, "case-001": "another"}), [F1])
    with pytest.raises(ConfigurationError, match="2 of 2"):
        compare(ScoredRun(rows, {}), ScoredRun(rows, {}), [F1])
    with pytest.raises(ConfigurationError, match="share no case"):
        compare(run, run_of([scored("other", {"content_f1": 1.0})]), [F1])


def test_a_crash_counts_as_the_worst_value() -> None:
    """A system that crashes on a hard case is no better for it; a judge's silence leaves the pair out."""
    before = rows_of("content_f1", [0.1, 0.8])
    crash = scored("case-000", {}, unscored={"content_f1": "system: crashed"})
    judge = scored("case-000", {}, unscored={"content_f1": "judge: cut short"})
    assert differ(before, [crash, before[1]]).delta == pytest.approx(-0.05)
    assert differ(before, [judge, before[1]]).n_cases == 1
    wrongly = Selector("false_answer")
    refused = rows_of("false_answer", [0.0, 0.0])
    crashed = scored("case-000", {}, unscored={"false_answer": "system: crashed"})
    found = differ(refused, [crashed, refused[1]], wrongly)
    assert (found.delta, found.gain, found.losses) == (0.5, -0.5, 1)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemars_p_is_statsmodels(gained: int, lost: int) -> None:
    """The exact p of McNemar's test agrees with statsmodels."""
    theirs = mcnemar([[5, gained], [lost, 5]], exact=True).pvalue
    assert mcnemar_p(gained, lost) == pytest.approx(theirs)


@settings(max_examples=5)  # a call of theirs takes 0.1 s
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_holms_p_is_statsmodels(p_values: list[float]) -> None:
    """Adjusted p values agree with statsmodels."""
    ours = holm(dict(enumerate(p_values)))
    assert [ours[n] for n in range(len(p_values))] == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_only_gated_metrics_are_adjusted() -> None:
    """Holm's p is over the gated metrics alone; the others keep theirs and are exploratory."""
    before = [scored(f"c{n}", {"content_f1": 0.5, "grounding": 0.5, "nuggets": 0.5}) for n in range(30)]
    after = [
        scored(f"c{n}", {"content_f1": 0.5 + n % 3 / 10, "grounding": 0.5 + (n % 5 - 1.5) / 10, "nuggets": 0.6})
        for n in range(30)
    ]
    gated = [F1, Selector("grounding")]
    found = compare(run_of(before), run_of(after), [Selector("nuggets")], gated)
    assert found[Selector("nuggets")].adjusted_p is None
    assert found[F1].adjusted_p == pytest.approx(2 * found[F1].p)
    assert found[gated[1]].adjusted_p == pytest.approx(max(found[gated[1]].p, 2 * found[F1].p))


def test_a_difference_is_told_with_what_could_be_seen() -> None:
    """The interval holds the difference, and 2.80 standard errors are printed beside it."""
    values, clusters = clustered_values(40, 11)
    noise = np.random.default_rng(4).normal(0.05, 0.1, len(values))
    before = [scored(f"c{n}", {"content_f1": v}, cluster=clusters[n]) for n, v in enumerate(values)]
    after = [scored(f"c{n}", {"content_f1": v}, cluster=clusters[n]) for n, v in enumerate(values + noise)]
    found = differ(before, after)
    assert found.interval is not None
    assert found.se is not None
    assert found.delta in found.interval
    assert found.delta == pytest.approx(noise.mean())
    assert found.detectable == pytest.approx(2.8 * found.se)
    assert (found.p <= 0.05, found.interval.low > 0) == (True, True)
    assert found.verdict == "better"


def test_runs_differ_by_one_rule() -> None:
    """A difference is shown where p is at most 0.05, by Holm's where there is one."""
    found = differ(rows_of("content_f1", [0.1] * 30), rows_of("content_f1", [0.2, 0.3] * 15))
    assert found.verdict == "better"
    assert replace(found, p=0.05).verdict == "better"
    assert replace(found, p=0.06).verdict == "no difference shown"
    assert replace(found, adjusted_p=0.06).verdict == "no difference shown"


def test_fewer_than_twenty_clusters_are_too_few() -> None:
    """However large a difference is, 19 clusters are too few to compare, and 20 are enough."""
    for n, verdict in ((19, "too few to compare"), (20, "better")):
        assert differ(rows_of("content_f1", [0.1] * n), rows_of("content_f1", [0.9] * n)).verdict == verdict


def test_binary_metrics_have_mcnemars_p() -> None:
    """Right or wrong: the exact p of how many changed. Shares have none."""
    before = rows_of("success", [0.0] * 10 + [1.0] * 15)
    after = rows_of("success", [1.0] * 9 + [0.0] + [1.0] * 14 + [0.0])
    found = differ(before, after, Selector("success"))
    assert found.mcnemar_p == pytest.approx(mcnemar_p(9, 1))
    assert (found.wins, found.ties, found.losses) == (9, 15, 1)
    assert differ(rows_of("content_f1", [0.5]), rows_of("content_f1", [1.0])).mcnemar_p is None


@pytest.mark.parametrize(("shift", "outcome"), [(0.0, "pass"), (-0.2, "fail"), (-0.05, "inconclusive")])
def test_no_worse_passes_fails_or_cannot_tell(shift: float, outcome: str) -> None:
    """A loss is within the margin, beyond it, or neither by its whole interval."""
    noise = np.tile([-0.1, 0.1, -0.05, 0.05], 15)
    found = non_inferiority(differ(rows_of("content_f1", [0.5] * 60), rows_of("content_f1", 0.5 + shift + noise)), 0.04)
    assert found.outcome == outcome
    assert found.loss == pytest.approx(-shift)


def test_as_many_cases_as_would_settle_it() -> None:
    """What is inconclusive is settled by about the number of cases that was told, and by fewer it is not."""

    def judged(n: int, margin: float) -> tuple[str, int | None]:
        noise = np.tile([-0.2, 0.2], n // 2)
        one = differ(rows_of("content_f1", [0.5] * n), rows_of("content_f1", 0.48 + noise))
        found = non_inferiority(one, margin)
        return found.outcome, found.n_cases

    outcome, needed = judged(40, 0.05)
    assert outcome == "inconclusive"
    assert needed is not None
    assert judged(int(needed * 1.2) // 2 * 2, 0.05)[0] == "pass"
    assert judged(int(needed * 0.8) // 2 * 2, 0.05)[0] == "inconclusive"
    assert judged(40, 0.02)[1] is None


def test_losses_of_metrics_of_which_less_is_better() -> None:
    """More false answers are a loss."""
    wrongly = Selector("false_answer")
    one = differ(rows_of("false_answer", [0.0] * 40), rows_of("false_answer", [1.0, 0.0] * 20), wrongly)
    found = non_inferiority(one, 0.1)
    assert (found.outcome, found.loss) == ("fail", 0.5)
    assert one.verdict == "worse"


def test_too_few_clusters_never_pass() -> None:
    """Equal runs over 10 cases are inconclusive, and 20 would settle it; over 2 there is no interval either."""
    for n, has_interval in ((10, True), (2, False)):
        rows = rows_of("content_f1", [0.2, 0.4] * (n // 2))
        found = non_inferiority(differ(rows, rows), 0.03)
        assert (found.outcome, found.n_cases) == ("inconclusive", 20)
        assert (found.interval is not None) == has_interval


def test_the_leak_gap_pairs_the_arms_of_a_case() -> None:
    """The gap is what the whole corpus adds, over cases that were asked both ways."""
    rows = [
        *rows_of("content_f1", [0.7, 0.9], arm="open", kind="held_out_paraphrase"),
        *rows_of("content_f1", [0.4], arm="held_out", kind="held_out_paraphrase"),
    ]
    gap = arms_apart(rows, Selector("content_f1", "held_out_paraphrase"))
    assert gap is not None
    assert (gap.n_cases, gap.n_unpaired) == (1, 1)
    assert gap.delta == pytest.approx(0.3)
    assert arms_apart(rows[:2], F1) is None


def test_metrics_without_a_better_side_only_differ() -> None:
    """Longer answers are neither better nor worse: a difference is told, and nothing else."""
    before = [scored(f"c{n}", {"words": 100.0 + n % 3}) for n in range(30)]
    after = [scored(f"c{n}", {"words": 150.0 + n % 4}) for n in range(30)]
    assert compare(run_of(before), run_of(after), [Selector("words")])[Selector("words")].verdict == "differs"


def test_a_crash_does_not_make_tokens_fewer() -> None:
    """What is no share has no worst value: a crashed reply is left out of it, and saves nothing."""
    before = [scored(f"c{n}", {"prompt_tokens": 900.0}) for n in range(30)]
    after = [scored(f"c{n}", {}, unscored={"prompt_tokens": "system: gave no reply"}) for n in range(30)]
    assert compare(run_of(before), run_of(after), [Selector("prompt_tokens")]) == {}


def test_runs_scored_with_other_embedders_are_not_compared() -> None:
    """Support is told otherwise with an embedder, so a difference would not be the systems'."""
    run = run_of(rows_of("content_f1", [0.5] * 30))
    with pytest.raises(ConfigurationError, match="no embedder and minilm"):
        compare(run, replace(run, embedder="minilm"), [F1])
