"""``quicktakes eval compare`` and ``eval gate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from evals.cli.options import BASELINE, Out, Run, folder_of
from evals.cli.showing import HEADLINE, differences_table
from evals.gating import gate_run, gated_rows
from evals.reporting.junit import junit_xml
from evals.running import RunFolder
from evals.statistics import Selector, compare
from rag.errors import ConfigurationError

GATES: Final = Path("evals/gates.yaml")

Before = Annotated[Path, typer.Argument(metavar="BEFORE", help="The folder of the run that is compared with.")]
After = Annotated[Path, typer.Argument(metavar="AFTER", help="The folder of the run that is to be better.")]
Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metric", help="Compare this, such as grounding or content_f1[synthesis]; repeatable; else headlines."
    ),
]
GatesFile = Annotated[Path, typer.Option("--gates", help="File of what a run must hold to.")]
Baseline = Annotated[Path, typer.Option("--baseline", help="The folder of the run that must not be fallen behind.")]


def compare_command(before: Before, after: After, metric: Metrics = None) -> None:
    """Say whether a change helped: two runs case by case, with what their cases could have shown.

    Metrics that are named are judged together (Holm); without a name the headline is shown, as a first look that proves
    nothing. Cases of the test split only.

    Example: quicktakes eval compare runs/A runs/B --metric grounding --metric "content_f1[held_out_paraphrase]"
    """
    first, second = (gated_rows(RunFolder(path)) for path in (before, after))
    try:
        wanted = [Selector.parse(name) for name in metric or ()]
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    shown = wanted or [Selector(name) for name in HEADLINE]
    differences = compare(first, second, shown, gated=wanted)
    missing = [str(one) for one in wanted if one not in differences]
    if missing:
        raise ConfigurationError(f"neither run has a value of {missing[0]}; 'quicktakes eval show' lists metrics")
    table = differences_table(differences.values())
    table.caption = None if wanted else "exploratory: name a --metric to decide by"
    Console().print(table)


def gate_command(run: Run = None, gates: GatesFile = GATES, baseline: Baseline = BASELINE, out: Out = None) -> None:
    """Hold a run to gates: exit code 0 where all pass, 2 where one fails or cannot tell, 3 where the run is invalid.

    Writes junit.xml into the run's folder for continuous integration.

    Example: quicktakes eval gate runs/20260115T101500Z-1f2e3d4c
    """
    folder = folder_of(run, out)
    results = gate_run(folder, gates, RunFolder(baseline))
    folder.junit.write_text(junit_xml(results), encoding="utf-8")
    table = Table("gate", Column("metric", overflow="fold"), "outcome", "figures")
    for one in results.results:
        table.add_row(one.kind, escape(str(one.selector)), one.outcome, escape(one.told))
    Console().print(table)
    raise typer.Exit(results.exit_code)
