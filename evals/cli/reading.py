"""``quicktakes eval list`` and ``eval show``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.cli.embedding import open_text_embedder
from evals.cli.options import BASELINE, Out, Run, folder_of, runs_folder
from evals.cli.showing import show_headline
from evals.gating import gate_run
from evals.measuring import read_again, summary_of
from evals.models import Case, Reply, Scored
from evals.presenting import Beside, write_history, write_report
from evals.running import RunFolder, embedder_of, list_runs, read_lines, replies_of, scored_run
from rag.errors import NotFoundError
from rag.settings import Settings

CaseUrl = Annotated[str | None, typer.Argument(metavar="[CASE]", help="Url of a case, or its end.")]


def list_command(out: Out = None) -> None:
    """List the runs in a folder, the oldest first.

    Example: quicktakes eval list
    """
    table = Table("run", "system", "cases", "asked", "scored", "code", box=None, pad_edge=False)
    for run in list_runs(runs_folder(out)):
        told = run.told()
        counts = told["counts"]
        state = "invalid" if read_lines(run.errors) else str(sum(1 for _ in read_lines(run.scores)) or "-")
        asked = f"{len(run.kept_replies()):,}/{counts['tasks']:,}"
        table.add_row(
            escape(run.path.name),
            escape(told["system"]["name"]),
            f"{counts['cases']:,}",
            asked,
            state,
            told["hashes"]["code"][:8],
        )
    Console().print(table)


GatesShown = Annotated[Path | None, typer.Option("--gates", help="File of gates whose outcomes the page shows.")]
BaselineRun = Annotated[Path | None, typer.Option("--baseline", help="The folder of a run to show this one beside.")]


def report_command(run: Run = None, baseline: BaselineRun = None, gates: GatesShown = None, out: Out = None) -> None:
    """Write the page that shows why a run scored as it did, its plots, and the plot over all runs.

    Example: quicktakes eval report --baseline evals/baseline --gates evals/gates.yaml
    """
    folder = folder_of(run, out)
    before = None if baseline is None else RunFolder(baseline)
    results = None if gates is None else gate_run(folder, gates, before or RunFolder(BASELINE))
    is_plain = embedder_of(folder) is None
    with nullcontext() if is_plain else open_text_embedder(Settings.from_environment()) as embedder:
        write_report(folder, read_again(folder, embedder), Beside(baseline=before, gates=results))
    typer.echo(f"{folder.report}")
    if (history := write_history(runs_folder(out))) is not None:
        typer.echo(f"{history}")


def show_command(run: Run = None, case: CaseUrl = None, out: Out = None) -> None:
    """Show what a run's scores come to; or of one case, what was asked, wanted and replied, and how that was scored.

    Example: quicktakes eval show runs/20260115T101500Z-1f2e3d4c
    """
    folder = folder_of(run, out)
    rows = scored_run(folder).rows
    if case is None:
        show_headline(folder, summary_of(rows))
        return
    found = [(one, reply) for one, _, reply in replies_of(folder) if one.url.endswith(case)]
    if len({one.url for one, _ in found}) != 1:
        raise NotFoundError(
            f"{folder.path} has {len({one.url for one, _ in found})} cases whose url ends in {case!r}; name one"
        )
    for one, reply in found:
        row = next(row for row in rows if (row.case, row.arm, row.repeat) == (one.url, reply.arm, reply.repeat))
        _show_case(one, reply, row)


def _show_case(case: Case, reply: Reply, row: Scored) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{escape(case.url)}[/] ({case.kind}, {case.split}, {reply.arm}, {row.failure})")
    parts = {
        "asked": case.question,
        "wanted": f"{case.expect}: {case.answer}",
        "replied": reply.text or f"nothing: {reply.error}",
        "retrieved": ", ".join(reply.retrieved[:10]) or "-",
        "cited": ", ".join(f"[{one.n}] {one.url}" for one in reply.citations) or "-",
        "flags": "; ".join(row.flags) or "-",
    }
    for name, text in parts.items():
        console.print(f"[dim]{name}[/]  {escape(text)}")
    console.print("  ".join(f"{name} {value:g}" for name, value in sorted(row.metrics.items())))
    for name, reason in sorted(row.unscored.items()):
        console.print(f"{name}: unscored, {escape(reason)}")
