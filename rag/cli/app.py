"""The commands. Imports that take time stand inside them, so that ``--help`` answers at once."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from rag.cli.batch import BatchLine, read_batch
from rag.cli.corpus import corpus_app
from rag.cli.index import index_app
from rag.cli.options import AsJson, Batch, CorpusDir, DataDir, Exclude, settings_from
from rag.cli.output import write_json
from rag.cli.progress import show_progress
from rag.errors import QuickTakesError
from rag.retrieval import check_question
from rag.wire import Json, answer_to_json, search_to_json

if TYPE_CHECKING:
    from rag.wiring import QuickTakes

ABSTAINED = 3
"""Exit code of ``ask`` where the corpus does not answer the question."""

app = typer.Typer(
    help="Ask a corpus of questions and answers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")

Question = Annotated[str | None, typer.Argument(show_default=False, help="The question; or give --batch.")]
Explain = Annotated[
    bool, typer.Option("--explain", help="Say how the question was read, and what each signal gave each entry.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many entries to return.")]


def main() -> None:
    """Run the command line; an error raised on purpose is one line on standard error and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # entries hold more than the ASCII of a bare container
    try:
        app()
    except QuickTakesError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except OSError as error:
        Console(stderr=True).print(f"error: cannot write: {error.strerror}", style="red", markup=False)
        sys.exit(1)


@app.command()
def ask(
    question: Question = None,
    batch: Batch = None,
    exclude: Exclude = None,
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Answer a question from the corpus, every sentence cited.

    Exit code 3 where the corpus does not answer it.

    Example: quicktakes ask "Why is the inside of a resting neuron negative?"
    """
    started = time.perf_counter()
    lines = _lines(question, batch)
    with _open(corpus_dir, data_dir, exclude) as quicktakes:
        if batch is not None:
            _warn(quicktakes.notices)
            _write_lines(
                lines, lambda line: answer_to_json(quicktakes.ask(line.question, exclude=exclude or ()), line.id)
            )
            return
        answer = quicktakes.ask(lines[0].question, exclude=exclude or ())
    _warn(answer.notices)
    if as_json:
        write_json(answer_to_json(answer))
    else:
        from rag.cli.render import show_answer

        show_answer(Console(), answer, time.perf_counter() - started)
    if answer.status == "abstained":
        raise typer.Exit(ABSTAINED)


@app.command()
def search(
    question: Question = None,
    limit: Limit = 10,
    batch: Batch = None,
    exclude: Exclude = None,
    explain: Explain = False,
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Find the entries that answer a question, best first.

    Example: quicktakes search "what do mitocondria do" --limit 3 --explain
    """
    lines = _lines(question, batch)
    with _open(corpus_dir, data_dir, exclude) as quicktakes:

        def reply(line: BatchLine) -> dict[str, Json]:
            started = time.perf_counter()
            found = quicktakes.search(line.question, limit=limit, exclude=exclude or ())
            elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
            return search_to_json(found, {"total": elapsed_ms}, line.id, explain=explain)

        if batch is not None or as_json:
            _warn(quicktakes.notices)
            _write_lines(lines, reply)
            return
        found = quicktakes.search(lines[0].question, limit=limit, exclude=exclude or ())
    _warn(found.notices)
    from rag.cli.render import show_results

    show_results(Console(), found, explain=explain)


def _lines(question: str | None, batch: Path | None) -> list[BatchLine]:
    """Return what to answer: the question on the command line, or the lines of a batch file; not both."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a question, or a file with --batch (one of the two)")
    if batch is not None:
        return read_batch(batch)
    check_question(question or "")
    return [BatchLine(None, question or "")]


@contextmanager
def _open(corpus_dir: Path | None, data_dir: Path | None, exclude: list[str] | None) -> Generator[QuickTakes]:
    """Open the corpus, its index brought in step; what a person should know about it is said on standard error."""
    from rag.wiring import index_folder, load_embedder, open_for_reading

    settings = settings_from(corpus_dir, data_dir)
    index_folder(settings)  # a corpus folder that is missing is told before the embedder is loaded
    embedder = load_embedder(settings)
    with ExitStack() as opened:
        with show_progress("Indexing") as progress:
            quicktakes, report = opened.enter_context(open_for_reading(settings, embedder, progress))
        if report and (count := len(report.problems)):
            typer.echo(f"files that could not be used: {count}; 'quicktakes index status' lists them", err=True)
        if report and not report.entries:
            typer.echo(f"warning: {settings.corpus_dir} holds no entry to answer from", err=True)
        for url in sorted(quicktakes.unknown_urls(exclude or ())):
            typer.echo(f"warning: --exclude {url} excludes nothing: no entry has that url", err=True)
        yield quicktakes


def _warn(notices: Sequence[str]) -> None:
    for notice in notices:
        typer.echo(f"warning: {notice}", err=True)


def _write_lines(lines: list[BatchLine], reply: Callable[[BatchLine], dict[str, Json]]) -> None:
    with show_progress("Answering") as progress:
        for number, line in enumerate(lines, start=1):
            write_json(reply(line))
            progress(number, len(lines))
