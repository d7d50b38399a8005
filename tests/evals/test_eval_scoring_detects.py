"""The self-test of the metrics, over cases of our own; and that scores never change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.cases import read_cases
from evals.scoring import BLIND, EXPECTED, Detection, Materials, blind_spots, build_idf, detection_matrix, lost
from rag.corpus import load_corpus

_CASES = 60
_SCORE = """
from evals.scoring import score
from tests.evals.scored_replies import *
from evals.models import Cited, Claim
case = make_case(nuggets=(nugget("salt", "water"),), must_not=("oil",))
text = "Salt draws 5 litres of water. Oil does not; osmosis is fast."
reply = make_reply(text, context={OSMOSIS: "Salt draws water."})
print(score(case, reply, materials()))
"""


@pytest.fixture(scope="module")
def matrix() -> list[Detection]:
    """Return what the metrics make of faults in references of syntheses over the starter corpus."""
    entries = load_corpus(Path("corpus")).entries
    cases = [one for one in read_cases(Path("evals/datasets/suite")).cases.values() if one.kind == "synthesis"]
    materials = Materials(idf=build_idf(entries.values()), entries=entries)
    return detection_matrix(sorted(cases, key=lambda one: one.url)[:_CASES], materials)


def test_every_claimed_detection_is_there(matrix: list[Detection]) -> None:
    """Each fault that a metric is claimed to see lowers it as much, and as often, as claimed."""
    assert lost(matrix) == []


@pytest.mark.parametrize(
    ("mutation", "metric"),
    [("negate", "polarity_flags"), ("pad x2", "content_precision"), ("echo question", "content_f1")],
)
def test_the_surest_detections_miss_nearly_nothing(matrix: list[Detection], mutation: str, metric: str) -> None:
    """A sound reply scores better than a spoilt one in at least 95 of 100 pairs."""
    (found,) = [one for one in matrix if (one.mutation, one.metric) == (mutation, metric)]
    assert found.auroc >= 0.95


def test_blind_spots_are_told_truly(matrix: list[Detection]) -> None:
    """The faults that no metric sees are those that are told."""
    assert set(blind_spots(matrix)["any"]) == BLIND


def test_a_lost_detection_is_named() -> None:
    """Where nothing was measured, every claim is lost."""
    assert len(lost([])) == len(EXPECTED)


def test_scores_do_not_hang_on_the_order_of_sets() -> None:
    """Two processes that hash words otherwise give the same scores, flags and their order."""
    printed = {
        subprocess.run(  # noqa: S603 our own interpreter
            [sys.executable, "-c", _SCORE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
