"""What the commands that ask a judge share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from evals.cli.approving import approval
from evals.judging import (
    LEAST_KAPPA,
    Calibration,
    Hearing,
    Judgement,
    LabelledItem,
    Question,
    TaskCalibration,
    self_preference_warning,
)
from evals.running import RunFolder
from evals.statistics.cells import LEAST_COVERAGE
from evals.statistics.correcting import Corrected
from evals.systems import OURS
from rag.cli.progress import show_progress
from rag.settings import Settings

LABELLED: Final = Path("evals/datasets/judges/calibration.jsonl")

Labelled = Annotated[Path, typer.Option("--labelled", help="Items that people labelled, to calibrate the judge by.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, max=256, help="Requests under way at most.")]
InBatch = Annotated[
    bool, typer.Option("--batch", help="Ask the judge by its provider's batch: half the price, within a day.")
]


def ask_judge(
    hearing: Hearing, items: Sequence[LabelledItem], questions: Sequence[Question], *, batch: bool, yes: bool
) -> tuple[Calibration, list[Judgement]]:
    """Have a judge heard, with how far it is: by the batch where that is wanted; raises as `Hearing.hear`.

    Args:
        yes: whatever a batch costs is approved.
    """
    with show_progress("Judging") as progress:
        asked = replace(
            hearing,
            by_batch=approval(yes=yes) if batch else None,
            tell=_tell,
            progress=progress,
        )
        return asked.hear(items, questions)


def _tell(told: str) -> None:
    typer.echo(told, err=True)


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
    table = Table(
        "judge", "labelled", "kappa", "95 %", "alpha", "same again", "may gate", title=escape(calibration.model)
    )
    table.caption = escape("\n".join(f"{name} agrees: {_by_kind(one)}" for name, one in calibration.tasks.items()))
    for name, one in calibration.tasks.items():
        interval = one.kappa.interval
        table.add_row(
            name,
            str(one.n),
            _figure(one.kappa.value),
            "-" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}",
            _figure(one.alpha.value),
            "-" if one.self_consistency is None else f"{one.self_consistency:.0%}",
            "yes" if one.may_gate else f"no: {_fault(one)}",
        )
    return table


def corrected_table(corrected: Mapping[str, Corrected]) -> Table:
    """Return the means of a judge's metrics, and what they are without its errors on the labelled items."""
    table = Table("metric", "judge's mean", "corrected", "95 %", "labelled", title="corrected by what people say")
    for metric, one in corrected.items():
        interval = "-" if one.interval is None else f"{one.interval.low:.3f} to {one.interval.high:.3f}"
        table.add_row(metric, f"{one.raw:.3f}", f"{one.mean:.3f}", interval, str(one.n_labelled))
    return table


def _by_kind(one: TaskCalibration) -> str:
    """Return on how many of the labelled items, stratum by stratum; of pairs, how often in both orders alike."""
    told = ", ".join(f"{stratum} {agreed}/{n}" for stratum, (agreed, n) in one.by_stratum.items()) or "on nothing"
    return told if one.swap_consistency is None else f"{told}; both orders say the same of {one.swap_consistency:.0%}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _fault(one: TaskCalibration) -> str:
    if one.kappa.value is not None and one.kappa.value >= LEAST_KAPPA:
        return f"below {LEAST_COVERAGE:.0%} have a verdict"
    return f"kappa below {LEAST_KAPPA}"
