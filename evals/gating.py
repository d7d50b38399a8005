"""A run held to gates, by what its folder holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from evals.judging import METRICS, Calibration, calibrated, judgement_from, read_labelled
from evals.models import Split
from evals.running import RunFolder, read_lines, scored_run
from evals.statistics import GateResults, ScoredRun, cell, compare, judge_gates, read_gates

GATED_SPLIT: Final[Split] = "test"


def gate_run(run: RunFolder, gates: Path, baseline: RunFolder) -> GateResults:
    """Return what came of the gates of a file.

    A metric of a judge who was not calibrated, or agrees with people too little, is no gate's to read.

    Raises:
        RunStateError: the run, or the baseline where gates need it, has no scores.
        RunInvalidError: something leaked in one of them.
        ConfigurationError: the file holds no gates, or the runs no case of the same file.
    """
    wanted, rows = read_gates(gates), gated_rows(run)
    differences = None
    if wanted.compared:
        differences = compare(gated_rows(baseline), rows, wanted.compared, gated=wanted.compared)
    calibration = calibration_of(run)
    barred = [name for name in METRICS if calibration is None or not calibration.may_gate_metric(name)]
    cells = {selector: one for selector in wanted.selectors if (one := cell(rows.rows, selector)) is not None}
    return judge_gates(wanted, cells, differences, barred)


def gated_rows(run: RunFolder) -> ScoredRun:
    """Return the rows that gates and comparisons read; raises as `evals.running.scored_run`."""
    return rows_of_split(scored_run(run), GATED_SPLIT)


def rows_of_split(run: ScoredRun, split: Split | None) -> ScoredRun:
    """Return a run's rows of one split; of all for None."""
    return replace(run, rows=[row for row in run.rows if split in {None, row.split}])


def calibration_of(run: RunFolder) -> Calibration | None:
    """Return how far the model that judged a run last says what people say; None where none did.

    Raises:
        LabelsError, RunStateError: what is kept of it cannot be read.
    """
    kept = [judgement_from(line) for line in read_lines(run.calibration)]
    if not kept:
        return None
    model = kept[-1].model
    return calibrated(read_labelled(run.labelled), model, (one for one in kept if one.model == model))
