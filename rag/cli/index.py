"""The commands ``quicktakes index ...``."""

from __future__ import annotations

import dataclasses
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from rag.cli.options import AsJson, CorpusDir, DataDir, settings_from
from rag.cli.output import write_json
from rag.cli.progress import show_progress
from rag.errors import NotApprovedError
from rag.wire import Json

if TYPE_CHECKING:
    from rag.indexing import Purchase, SyncReport, Verification

_FEW = 32
"""Files that are indexed without a progress bar while the corpus is watched."""

Yes = Annotated[bool, typer.Option("--yes", help="Embed what is new without asking, whatever it costs.")]
Engine = Annotated[
    Literal["local", "ray"],
    typer.Option(
        "--engine",
        help="Where new passages are embedded: in this process, or on Ray (QUICKTAKES_RAY_ADDRESS, else on all cores "
        "of this machine; needs the extra 'ray').",
    ),
]

DIFFERENT = 1
"""Exit code of ``index verify`` and ``index doctor`` where the index is not what the corpus makes it."""

Embed = Annotated[
    bool, typer.Option("--embed", help="Embed all passages anew to compare their vectors; takes as long as a build.")
]

index_app = typer.Typer(help="Build, inspect, prove and mend the index.", no_args_is_help=True, rich_markup_mode=None)


@index_app.command("sync")
def sync_command(
    yes: Yes = False,
    engine: Engine = "local",
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Bring the index in step with the corpus; only what changed is read and embedded.

    Files that cannot be used are listed, one problem a line, and the others are indexed. Where embedding may cost
    money (see QUICKTAKES_EMBEDDER in the README), it says how much and asks first; without a terminal it needs --yes.

    Example: quicktakes index sync --corpus-dir corpus
    """
    from rag.wiring import load_embedder, load_ray_embedder, sync_index

    settings = settings_from(corpus_dir, data_dir)
    bulk = load_ray_embedder(settings) if engine == "ray" else None
    with show_progress("Indexing") as progress:
        report = sync_index(settings, load_embedder(settings), progress, approve=_show if yes else _ask, bulk=bulk)
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


@index_app.command("watch")
def watch_command(corpus_dir: CorpusDir = None, data_dir: DataDir = None) -> None:
    """Keep the index in step with the corpus while it is edited, until Ctrl-C or SIGTERM.

    Says one line for each sync, and on standard error which files cannot be used and why; it goes on after errors.
    Where embedding may cost money, it embeds a few passages and refuses more, as ask does: approve them with
    'quicktakes index sync'.

    Example: quicktakes index watch --corpus-dir corpus
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what is half written goes on the way out
    with suppress(KeyboardInterrupt):
        from rag.wiring import index_folder, load_embedder, sync_index, watch_corpus

        settings = settings_from(corpus_dir, data_dir)
        index_folder(settings)  # a corpus folder that is missing is told before the embedder is loaded
        embedder = load_embedder(settings)

        def sync() -> SyncReport:
            with show_progress("Indexing") as progress:
                return sync_index(
                    settings, embedder, lambda done, total: progress(done, total) if total > _FEW else None
                )

        watch_corpus(settings.corpus_dir, sync, typer.echo, lambda line: typer.echo(line, err=True))


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


@index_app.command("verify")
def verify_command(
    embed: Embed = False,
    yes: Yes = False,
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Prove that the index is what the corpus makes it, or list every difference, one a line.

    Files, entries, passages, terms, vectors and the arrays that are searched are compared with what the files give now;
    nothing is changed. Exit code 1 where there is a difference.

    Example: quicktakes index verify --corpus-dir corpus
    """
    from rag.wiring import load_embedder, verify_index

    settings = settings_from(corpus_dir, data_dir)
    with show_progress("Verifying") as progress:
        found = verify_index(settings, load_embedder(settings), progress, embed=embed, approve=_show if yes else _ask)
    if as_json:
        write_json(_as_json(found))
    else:
        _show_verification(found)
    if found.differences:
        raise typer.Exit(DIFFERENT)


@index_app.command("doctor")
def doctor_command(
    yes: Yes = False, as_json: AsJson = False, corpus_dir: CorpusDir = None, data_dir: DataDir = None
) -> None:
    """Verify the index, mend what is wrong with the least work, and verify again.

    Exit code 0 where the index is proven to be what the corpus makes it, in the end.

    Example: quicktakes index doctor --corpus-dir corpus
    """
    from rag.wiring import load_embedder, treat_index

    settings = settings_from(corpus_dir, data_dir)
    with show_progress("Verifying and mending") as progress:
        treatment = treat_index(settings, load_embedder(settings), progress, approve=_show if yes else _ask)
    if as_json:
        write_json(
            {
                "repair": treatment.repair,
                "embedded": treatment.embedded,
                "before": _as_json(treatment.before),
                "after": _as_json(treatment.after),
            }
        )
    else:
        for difference in treatment.before.differences:
            typer.echo(str(difference))
        if treatment.repair == "nothing":
            typer.echo("Nothing to mend.")
        else:
            count = len(treatment.before.differences)
            typer.echo(f"Found {count:,}; the index was {treatment.repair} ({treatment.embedded:,} passages embedded).")
        _show_verification(treatment.after)
    if treatment.after.differences:
        raise typer.Exit(DIFFERENT)


@index_app.command("rollback")
def rollback_command(corpus_dir: CorpusDir = None, data_dir: DataDir = None) -> None:
    """Put the generation of the index that was in use before back in use.

    For an index that a faulty release or disk made wrong: install the release before, and roll back. It is not a way to
    an older corpus: the files are the truth, so the next ask, search or sync brings the index in step with them again,
    reading only those that changed since.

    Example: quicktakes index rollback --corpus-dir corpus
    """
    from rag.wiring import roll_back_index

    done = roll_back_index(settings_from(corpus_dir, data_dir))
    typer.echo(f"Generation {done.put_back} is in use again, instead of {done.left}.")


def _as_json(found: Verification) -> dict[str, Json]:
    return {
        "generation": found.generation,
        "equal": not found.differences,
        "entries": found.entries,
        "passages": found.passages,
        "differences": [dataclasses.asdict(difference) for difference in found.differences],
        "elapsed_s": found.elapsed_s,
    }


def _show_verification(found: Verification) -> None:
    for difference in found.differences:
        typer.echo(str(difference))
    compared = f"{found.entries:,} entries and {found.passages:,} passages compared in {found.elapsed_s:.2f} s"
    if found.differences:
        typer.echo(
            f"Differences: {len(found.differences):,}; {compared}. 'quicktakes index doctor' mends them.", err=True
        )
    else:
        typer.echo(f"The index is what the corpus makes it: {compared}, generation {found.generation}.")
