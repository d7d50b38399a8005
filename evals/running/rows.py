"""Scores read back from the files of a run."""

from __future__ import annotations

from pathlib import Path

from evals.errors import RunStateError
from evals.models import Scored
from evals.running.folder import RunFolder
from evals.running.lines import Line, read_lines
from evals.statistics import ScoredRun


def rows_in(file: Path) -> list[Scored]:
    """Return the rows of a file of scores; none where there is no file.

    Raises:
        RunStateError: a line is no row.
    """
    return [_row_from(line, file) for line in read_lines(file)]


def scored_run(run: RunFolder) -> ScoredRun:
    """Return the rows of a run, with the hashes of its cases.

    Raises:
        RunInvalidError: something leaked.
        RunStateError: it was not scored.
    """
    run.require_valid()
    rows = rows_in(run.scores)
    if not rows:
        raise RunStateError(f"{run.path} has no scores; make them with 'quicktakes eval score {run.path}'")
    return ScoredRun(rows, {task.case: task.case_sha256 for task in run.tasks()}, embedder_of(run))


def embedder_of(run: RunFolder) -> str | None:
    """Return the fingerprint of what a run's sentences were embedded with; None where they were not."""
    told = read_lines(run.scoring)
    return None if not told or told[0]["embedder"] is None else str(told[0]["embedder"])


def _row_from(line: Line, file: Path) -> Scored:
    try:
        own: Line = {**line, "flags": tuple(line["flags"])}
        return Scored(**own)
    except (KeyError, TypeError) as error:
        raise RunStateError(f"{file} holds a line that is no row of scores ({error}); score the run again") from error
