"""What the commands that ask a judge share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from evals.judging import LEAST_KAPPA, Calibration, TaskCalibration, self_preference_warning
from evals.running import RunFolder
from evals.statistics.cells import LEAST_COVERAGE
from evals.systems import OURS
from rag.settings import Settings

LABELLED: Final = Path("evals/datasets/judges/calibration.jsonl")

Labelled = Annotated[Path, typer.Option("--labelled", help="Items that people labelled, to calibrate the judge by.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, max=256, help="Requests under way at once.")]
InBatch = Annotated[
    bool, typer.Option("--batch", help="Ask the judge by its provider's batch: half the price, within a day.")
]


def warn_of_family(judge: str, runs: Iterable[RunFolder], settings: Settings) -> str:
    """Return, and tell, that the judge is of the family of what wrote a run; empty where it is of none."""
    warnings = [self_preference_warning(judge, _answerer(run, settings)) for run in runs]
    told = " ".join(dict.fromkeys(one for one in warnings if one))
    if told:
        typer.echo(f"warning: {told}", err=True)
    return told


def _answerer(run: RunFolder, settings: Settings) -> str:
    """Return the model that wrote what is judged: the system itself, or what our chain asks."""
    system = str(run.told()["system"]["name"])
    return settings.chat_model or system if system == OURS else system


def calibration_table(calibration: Calibration) -> Table:
    """Return how far a judge says what people say, task by task."""
    columns = ("judge", "labelled", "kappa", "95 %", "alpha", "agrees by kind", "says the same again", "may gate")
    table = Table(*columns, title=escape(calibration.model))
    for name, one in calibration.tasks.items():
        interval = one.kappa.interval
        table.add_row(
            name,
            str(one.n),
            _figure(one.kappa.value),
            "-" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}",
            _figure(one.alpha.value),
            escape("\n".join(f"{stratum} {agreed}/{n}" for stratum, (agreed, n) in one.by_stratum.items())),
            "-" if one.self_consistency is None else f"{one.self_consistency:.0%}",
            "yes" if one.may_gate else f"no: {_fault(one)}",
        )
    return table


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _fault(one: TaskCalibration) -> str:
    if one.kappa.value is not None and one.kappa.value >= LEAST_KAPPA:
        return f"below {LEAST_COVERAGE:.0%} have a verdict"
    return f"kappa below {LEAST_KAPPA}"
