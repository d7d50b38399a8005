"""The report of a run, from its folder: written anew whenever there is more to show."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.errors import RunStateError
from evals.gating import calibration_of, rows_of_split
from evals.measuring import Rescored
from evals.models import Case, Scored
from evals.reporting.content import PRIMARY, Baseline, ReportContent
from evals.reporting.history import HistoryPoint, history_svg
from evals.reporting.report import plots, report_html
from evals.reporting.summary import Summary, summarise
from evals.running import Replied, RunFolder, list_runs, read_lines, rows_in, scored_run
from evals.scoring import detection_matrix
from evals.statistics import GateResults, compare
from evals.systems import FLOORS
from rag.corpus import write_file

_SPOILT = 60

HISTORY = ("content_f1", "nugget_recall_vital", "grounding", "false_answer", "over_refusal")
"""Metrics that the plot over runs shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a run is shown beside, as far as there is any.

    Attributes:
        baseline: an earlier run over the same cases.
        gates: what came of them.
        judge_warning: where the run's judge is of the family of what it judged.
    """

    baseline: RunFolder | None = None
    gates: GateResults | None = None
    judge_warning: str = ""


def write_report(run: RunFolder, scored: Rescored, beside: Beside) -> None:
    """Write ``report.html`` and ``plots/`` into a run's folder.

    Raises:
        RunStateError: the baseline was not scored.
        RunInvalidError: something leaked in it.
    """
    content = _content(run, scored, beside)
    write_file(run.report, report_html(content))  # in one step: the service shows it
    run.plots.mkdir(exist_ok=True)
    for name, svg in plots(content).items():
        (run.plots / f"{name}.svg").write_text(svg, encoding="utf-8")


def _content(run: RunFolder, scored: Rescored, beside: Beside) -> ReportContent:
    floors = {name: own for name in FLOORS if (own := rows_in(run.floor_scores(name)))}
    return ReportContent(
        name=run.path.name,
        manifest=run.told(),
        summary=scored.summary,
        rows=scored.rows,
        replies=[reply for _, _, reply in scored.replies],
        cases={case.url: case for case, _, _ in scored.replies},
        materials=scored.materials,
        seconds=[float(line["seconds"]) for line in read_lines(run.timings)],
        gates=beside.gates,
        baseline=None if beside.baseline is None else _baseline(run, scored.summary, beside.baseline),
        detections=detection_matrix(_spoilt(scored.replies), replace(scored.materials, embed=None)),
        calibration=calibration_of(run),
        judge_warning=beside.judge_warning,
        floors={name: summarise(map(_shown, own), scored.summary.split) for name, own in floors.items()},
    )


def _spoilt(found: Sequence[Replied]) -> list[Case]:
    """Return the cases whose references are spoilt to see what the metrics see: those with a fact from each source."""
    cases = {case.url: case for case, _, _ in found}.values()
    return [case for case in cases if case.kind == "synthesis"][:_SPOILT]


def _shown(row: Scored) -> Scored:
    """Return a row of a floor with what is shown of floors: to sum up the rest takes its time."""
    wanted = {metric for metrics in PRIMARY.values() for metric in metrics}
    return replace(row, metrics={name: value for name, value in row.metrics.items() if name in wanted}, unscored={})


def _baseline(run: RunFolder, summary: Summary, before: RunFolder) -> Baseline:
    """Return an earlier run beside this one, over the cases that the summary counts."""
    first, second = (rows_of_split(scored_run(one), summary.split) for one in (before, run))
    selectors = [one for one in summary.cells if one.kind and one.arm and one.metric in HISTORY]
    return Baseline(before.path.name, list(compare(first, second, selectors).values()), first.rows)


def write_history(below: Path) -> Path | None:
    """Write the plot of headline metrics over the runs in a folder beside them; return its file, None without a run.

    A run that was not scored, or that cannot be read, has no place in it: another run's fault is not this one's.
    """
    runs = list_runs(below)
    if not runs:
        return None
    history = below / "history.svg"
    write_file(history, history_svg([point for run in runs if (point := _point(run))]))
    return history


def _point(run: RunFolder) -> HistoryPoint | None:
    try:
        summary = json.loads(run.summary.read_text(encoding="utf-8"))
        system = str(run.told()["system"]["name"])
    except (OSError, ValueError, RunStateError):
        return None
    metrics: dict[str, tuple[float, float, float]] = {}
    for cell in summary["cells"]:
        is_whole = cell["kind"] is None and cell["arm"] == "open" and cell["author"] is None
        if is_whole and cell["metric"] in HISTORY and cell["scored"]:
            mean = cell["scored"]["mean"]
            metrics[cell["metric"]] = mean, *(cell["scored"]["interval"] or (mean, mean))
    series = f"{system}, {summary['n_cases']:,} cases of {summary['split'] or 'all splits'}"
    return HistoryPoint(run.path.name, _day(run.path.name), series, metrics)


def _day(name: str) -> str:
    """Return when a run began, as people read it; of a folder with another name its first letters."""
    try:
        began = dt.datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return name[:8]
    return f"{began.day} {began:%b}"
