"""What a run's scores come to, and files for outside tools."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from scored_rows import rows_of, scored

from evals.measuring import summary_of
from evals.models import Case, Reply, Scored
from evals.reporting import trec
from evals.reporting.summary import RiskPoint, risk_coverage, summarise
from evals.reporting.writing import summary_json, summary_markdown
from evals.statistics import Selector, cells_of


def rows() -> list[Scored]:
    """Return rows of both arms, authors and splits, with repeats, gaps and failures."""
    values = np.random.default_rng(1).random(60)
    both = [
        scored(
            f"p{n}",
            {"content_f1": float(values[n]) * (1 if arm == "open" else 0.5), "over_refusal": float(n % 7 == 0)},
            arm=arm,
            kind="held_out_paraphrase",
            cluster=f"c{n // 2}",
            author="synthetic" if n % 2 else "human",
            failure="not_retrieved" if n % 5 == 0 else "none",
        )
        for n in range(60)
        for arm in ("open", "held_out")
    ]
    others = rows_of("false_answer", [0.0] * 24 + [1.0], kind="out_of_domain")
    return [
        *both,
        *others,
        scored("x", {}, kind="synthesis", unscored={"grounding": "judge: cut short"}),
        scored("dev", {"content_f1": 1.0}, split="dev"),
    ]


def test_the_same_scores_make_the_same_bytes() -> None:
    """The order of rows changes no byte; numbers have 6 decimals at most, and keys are sorted."""
    shuffled = rows()
    random.Random(4).shuffle(shuffled)  # noqa: S311 no secret
    first, second = summarise(rows()), summarise(shuffled)
    text = summary_json(first)
    assert text == summary_json(second)
    assert summary_markdown(first) == summary_markdown(second)
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert all(len(word.split(".")[1]) <= 6 for word in text.replace(",", "").split() if word[:2] in {"0.", "-0."})


def test_only_the_split_asked_for_is_counted() -> None:
    """A summary is of the test split where nothing else is asked for."""
    assert (summarise(rows()).n_cases, summarise(rows(), None).n_cases) == (86, 87)
    assert summarise(rows(), "dev").n_replies == 1


def test_a_run_is_summed_up_over_its_test_split() -> None:
    """Or over all cases, where it has none of it."""
    dev = [row for row in rows() if row.split == "dev"]
    assert [(told.split, told.n_cases) for told in map(summary_of, (rows(), dev))] == [("test", 86), (None, 1)]


def test_cells_stand_by_kind_arm_and_author() -> None:
    """A metric is told of each kind and arm, of all together, and of each author."""
    cells = summarise(rows()).cells
    one = cells[Selector("content_f1", "held_out_paraphrase", "open")]
    assert (one.n_scored, one.n_eligible, one.is_covered, one.is_enough) == (60, 60, True, True)
    assert cells[Selector("content_f1", "held_out_paraphrase", "open", "human")].n_scored == 30
    assert cells[Selector("content_f1")].n_scored == 120
    assert Selector("content_f1", "out_of_domain") not in cells
    nothing = cells[Selector("grounding", "synthesis", "open")]
    assert (nothing.scored, dict(nothing.unscored), nothing.coverage) == (None, {"judge: cut short": 1}, 0)


def test_repeats_are_averaged_within_their_case() -> None:
    """A case asked three times counts once, and how far repeats differ is told."""
    asked = [scored("a", {"f1": value}, repeat=n) for n, value in enumerate((0.0, 0.5, 1.0))]
    cell = cells_of([*asked, scored("b", {"f1": 0.1})])[Selector("f1")]
    assert cell.scored is not None
    assert cell.scored.mean == pytest.approx(0.3)
    assert cell.scored.n_cases == 2
    assert cell.repeat_sd == pytest.approx(0.5)


def test_what_is_missing_is_bounded() -> None:
    """The mean were a judge's gaps the worst, and the best; a crash is the worst either way."""
    given = [
        scored("a", {"f1": 0.8}),
        scored("b", {}, unscored={"f1": "judge: cut short"}),
        scored("c", {}, unscored={"f1": "system: crashed"}),
    ]
    cell = cells_of(given)[Selector("f1")]
    assert cell.scored is not None
    assert cell.gated is not None
    assert (cell.scored.mean, cell.gated.mean) == (0.8, 0.4)
    assert cell.extremes == pytest.approx((0.8 / 3, 1.8 / 3))


def test_the_leak_gap_stands_for_each_metric_of_both_arms() -> None:
    """What the whole corpus adds is told of metrics that both arms have, and of no other."""
    gaps = summarise(rows()).leak_gaps
    assert set(gaps) == {
        Selector("content_f1", "held_out_paraphrase"),
        Selector("over_refusal", "held_out_paraphrase"),
    }
    gap = gaps[Selector("content_f1", "held_out_paraphrase")]
    assert gap.delta == pytest.approx(gap.before)
    assert gap.n_clusters == 30


def test_the_curve_of_risk_goes_from_the_surest_answers_to_all() -> None:
    """Of four questions three are answered: risk is 1 - F1, or 1 where no answer was due."""
    asked = [
        scored("sure", {"confidence": 0.9, "over_refusal": 0.0, "content_f1": 0.8}),
        scored("less", {"confidence": 0.5, "over_refusal": 0.0, "content_f1": 0.4}),
        scored("none", {"confidence": 0.1, "over_refusal": 1.0}),
        scored("wrong", {"confidence": 0.5, "false_answer": 1.0}),
    ]
    first, last = risk_coverage(asked, "open")
    assert first == RiskPoint(0.9, 0.25, pytest.approx(0.2))
    assert last == RiskPoint(0.5, 0.75, pytest.approx((0.2 + 0.6 + 1) / 3))


def test_a_system_that_gives_no_confidence_has_one_point() -> None:
    """Without a confidence there is where it stands, and no curve; many confidences make 51 points at most."""
    asked = [scored(str(n), {"over_refusal": float(n == 0), "content_f1": 0.5}) for n in range(4)]
    assert risk_coverage(asked, "open") == (RiskPoint(None, 0.75, 0.5),)
    assert risk_coverage(asked, "held_out") == ()
    many = [scored(str(n), {"confidence": n / 500, "over_refusal": 0.0, "content_f1": 0.5}) for n in range(501)]
    points = risk_coverage(many, "open")
    assert len(points) <= 51
    assert points[-1].coverage == 1


def test_failures_are_counted_by_kind_and_arm() -> None:
    """Each kind and arm has how many replies went wrong in which way first."""
    found = {(one.kind, one.arm): one.counts for one in summarise(rows()).failures}
    assert found["held_out_paraphrase", "open"]["not_retrieved"] == 12
    assert found["held_out_paraphrase", "open"]["none"] == 48
    assert ("control", "open") not in found


def test_a_summary_is_read_as_markdown() -> None:
    """Means with intervals and coverage, the gap between arms, the risk and the failures stand in tables."""
    text = summary_markdown(summarise(rows()))
    assert "## held_out_paraphrase, open" in text
    assert "| grounding | – | – | 0 / 1 | 0 | judge: cut short (1) |" in text
    assert "## Leak gap" in text
    assert "## Risk by coverage, open" in text
    assert "| held_out_paraphrase | open | 48 | 12 |" in text


def test_a_run_without_rows_has_an_empty_summary() -> None:
    """Nothing scored is no crash."""
    assert json.loads(summary_json(summarise([])))["cells"] == []
    assert summary_markdown(summarise([]))


def test_trec_files_hold_grades_and_ranks() -> None:
    """Topics are sorted, an entry stands once, at its best rank, and its score is that rank negated."""
    case = Case(
        url="/learn/biology/questions/a",
        kind="synthesis",
        split="test",
        cluster="c",
        corpus="starter",
        question="?",
        answer="!",
        expect="answer",
        sources={"/learn/z": 1, "/learn/b": 2},
    )
    assert trec.qrels([case]) == ("/learn/biology/questions/a 0 /learn/b 2\n/learn/biology/questions/a 0 /learn/z 1\n")
    replies = [
        Reply(case="/q/b", arm="open", retrieved=("/learn/x y",)),
        Reply(case="/q/a", arm="open", retrieved=("/learn/b", "/learn/c", "/learn/b", "/learn/d")),
        Reply(case="/q/a", arm="held_out", retrieved=("/learn/e",)),
        Reply(case="/q/a", arm="open", repeat=1, retrieved=("/learn/e",)),
    ]
    assert trec.run(replies, "our chain").splitlines() == [
        "/q/a Q0 /learn/b 1 -1 our%20chain",
        "/q/a Q0 /learn/c 2 -2 our%20chain",
        "/q/a Q0 /learn/d 3 -3 our%20chain",
        "/q/b Q0 /learn/x%20y 1 -1 our%20chain",
    ]
