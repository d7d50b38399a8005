"""``quicktakes eval judge``: what a language model says of a run, and whether that may count."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.cli.embedding import open_text_embedder
from evals.cli.options import MostUsd, Out, Run, folder_of
from evals.cli.showing import show_headline
from evals.judging import (
    LEAST_KAPPA,
    Calibration,
    Judge,
    Judging,
    calibrate,
    judge_run,
    judgement_from,
    open_judge,
    read_labelled,
    self_preference_warning,
)
from evals.judging.judgement import Judgement
from evals.measuring import score_again
from evals.pacing import Purse
from evals.presenting import Beside, write_report
from evals.running import RunFolder, append_line, line_of, mend_end, read_lines, replies_of
from evals.systems import OURS, require_known_prices
from rag.cli.options import CorpusDir, DataDir, settings_from
from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.wiring.chat import judge_model_names

LABELLED: Final = Path("evals/datasets/judges/calibration.jsonl")

Labelled = Annotated[Path, typer.Option("--labelled", help="Items that people labelled, to calibrate the judge by.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, max=256, help="Requests under way at most.")]


def judge_command(
    run: Run = None,
    out: Out = None,
    labelled: Labelled = LABELLED,
    concurrency: Concurrency = 4,
    most_usd: MostUsd = None,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Have the model that QUICKTAKES_JUDGE_MODEL names judge a run, calibrated first, and score the run again.

    What it said is kept as it comes: the same command goes on where it was stopped, or had spent --most-usd. A judge
    that agrees with people by a kappa below 0.6 is shown, and gates nothing.

    Example: QUICKTAKES_JUDGE_MODEL=openai:gpt-5-mini quicktakes eval judge runs/20260115T101500Z-1f2e3d4c
    """
    folder, settings = folder_of(run, out), settings_from(corpus_dir, data_dir)
    found = replies_of(folder)
    items = [one for one in read_labelled(labelled) if one.task != "pairwise"]  # which no command asks for yet
    folder.labelled.write_bytes(labelled.read_bytes())
    if most_usd is not None:
        require_known_prices(judge_model_names(settings), settings)
    judge = _judge(folder, settings, concurrency)
    purse = Purse(most_usd, _spent_usd(folder), f"quicktakes eval judge {folder.path}")
    with _judging(folder.calibration, judge, concurrency, purse) as judging:
        calibration = calibrate(items, judging)
    cases = {case.url: case for case, _, _ in found}
    again = _judge(folder, settings, concurrency)  # its connections wait on an event loop that has ended
    with _judging(folder.judgements, again, concurrency, purse) as judging:
        judge_run(cases, [reply for _, _, reply in found], judging)
    warning = self_preference_warning(judge.model.name, _answerer(folder, settings)) or ""
    if warning:
        typer.echo(f"warning: {warning}", err=True)
    Console().print(_table(calibration))
    with open_text_embedder(settings) as embedder:
        scored = score_again(folder, embedder)
        write_report(folder, scored, Beside(judge_warning=warning))
    show_headline(folder, scored.summary)


def _answerer(run: RunFolder, settings: Settings) -> str:
    """Return the model that wrote what is judged: the system itself, or what our chain asks."""
    system = str(run.told()["system"]["name"])
    return settings.chat_model or system if system == OURS else system


def _spent_usd(run: RunFolder) -> float:
    """Return what judging a run has cost before, as far as it is known."""
    lines = [*read_lines(run.calibration), *read_lines(run.judgements)]
    return sum(judgement_from(line).cost_usd or 0.0 for line in lines)


def _judge(run: RunFolder, settings: Settings, concurrency: int) -> Judge:
    judge = open_judge(settings, run.path.name, concurrency)
    if judge is None:
        raise ConfigurationError("no judge is named; set QUICKTAKES_JUDGE_MODEL to provider:model")
    return judge


@contextmanager
def _judging(file: Path, judge: Judge, concurrency: int, purse: Purse) -> Generator[Judging]:
    """Give how a judge is asked, each judgement appended to a file as it comes."""
    mend_end(file)
    kept = [judgement_from(line) for line in read_lines(file)]
    with file.open("a", encoding="utf-8", newline="\n") as opened:

        def record(judgement: Judgement) -> None:
            append_line(opened, line_of(asdict(judgement)))

        yield Judging(judge, kept, record, concurrency, purse)


def _table(calibration: Calibration) -> Table:
    table = Table(
        "judge", "labelled", "kappa", "95 %", "says the same again", "may gate", title=escape(calibration.model)
    )
    for name, one in calibration.tasks.items():
        interval = one.kappa.interval
        table.add_row(
            name,
            str(one.n),
            "-" if one.kappa.value is None else f"{one.kappa.value:.2f}",
            "-" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}",
            "-" if one.self_consistency is None else f"{one.self_consistency:.0%}",
            "yes" if one.may_gate else f"no: kappa below {LEAST_KAPPA}",
        )
    return table
