"""The commands ``quicktakes index ...``."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from rag.cli.options import AsJson, CorpusDir, DataDir, settings_from
from rag.cli.output import write_json
from rag.cli.progress import show_progress
from rag.errors import NotApprovedError

if TYPE_CHECKING:
    from rag.indexing import Purchase

Yes = Annotated[bool, typer.Option("--yes", help="Embed what is new without asking, whatever it costs.")]

index_app = typer.Typer(help="Build and inspect the index.", no_args_is_help=True, rich_markup_mode=None)


@index_app.command("sync")
def sync_command(
    yes: Yes = False, as_json: AsJson = False, corpus_dir: CorpusDir = None, data_dir: DataDir = None
) -> None:
    """Bring the index in step with the corpus; only what changed is read and embedded.

    Files that cannot be used are listed, one problem a line, and the others are indexed. Where embedding may cost
    money (see QUICKTAKES_EMBEDDER in the README), it says how much and asks first; without a terminal it needs --yes.

    Example: quicktakes index sync --corpus-dir corpus
    """
    from rag.wiring import load_embedder, sync_index

    settings = settings_from(corpus_dir, data_dir)
    with show_progress("Indexing") as progress:
        report = sync_index(settings, load_embedder(settings), progress, approve=_show if yes else _ask)
    if as_json:
        write_json(dataclasses.asdict(report))
        return
    for problem in report.problems:
        typer.echo(problem, err=True)
    what = "built anew" if report.rebuilt else "brought in step"
    typer.echo(
        f"Index {what} in {report.elapsed_s:.2f} s: {report.entries:,} entries, {report.passages:,} passages "
        f"({report.added:,} files added, {report.edited:,} edited, {report.removed:,} removed; "
        f"{report.embedded:,} passages embedded; {len(report.problems):,} files not usable)"
    )


def _show(purchase: Purchase) -> None:
    typer.echo(f"to embed: {purchase}", err=True)


def _ask(purchase: Purchase) -> None:
    """Show what would be bought and ask for it.

    Raises:
        NotApprovedError: the answer is no, or there is no terminal to ask at.
    """
    _show(purchase)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotApprovedError("this may cost money and there is no terminal to ask; nothing was spent: add --yes")
    if not typer.confirm("Embed them?", err=True):
        raise NotApprovedError("not approved; nothing was spent and the index is as it was")


@index_app.command("status")
def status_command(as_json: AsJson = False, corpus_dir: CorpusDir = None, data_dir: DataDir = None) -> None:
    """Say what the index holds, whether it is in step with the corpus, and which files could not be used.

    Example: quicktakes index status --json
    """
    from rag.wiring import index_status

    status = index_status(settings_from(corpus_dir, data_dir))
    if as_json:
        write_json(dataclasses.asdict(status))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("state", status.state)
    table.add_row("entries", f"{status.entries:,}")
    table.add_row("passages", f"{status.passages:,}")
    table.add_row("embedder", status.embedder or "-")
    table.add_row("corpus", (status.corpus or "-")[:12])
    table.add_row("changes", f"{status.added:,} added, {status.edited:,} edited, {status.removed:,} removed")
    for reason, count in status.left_out.items():
        table.add_row("left out", f"{count:,} ({reason})")
    Console().print(table)
    for problem in status.problems:
        typer.echo(problem)
