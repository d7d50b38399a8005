"""The commands. Imports that take time stand inside them, so that ``--help`` answers at once."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from rag.cli.batch import BatchLine, read_batch
from rag.cli.corpus import corpus_app
from rag.cli.evaluating import eval_app
from rag.cli.index import index_app
from rag.cli.keys import keys_app
from rag.cli.mcp import mcp_command
from rag.cli.opening import open_corpus, warn
from rag.cli.options import AsJson, Batch, CorpusDir, DataDir, Exclude
from rag.cli.output import write_json
from rag.cli.progress import show_progress
from rag.cli.serving import serve_command
from rag.cli.tutoring import InMode, Level, check_command, check_level, quiz_command
from rag.errors import QuickTakesError
from rag.retrieval import check_question
from rag.wire import Json, answer_to_json, search_to_json

if TYPE_CHECKING:
    from rag.models import Answer

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
app.add_typer(keys_app, name="keys")
app.add_typer(eval_app, name="eval")
app.command("check")(check_command)
app.command("quiz")(quiz_command)
app.command("serve")(serve_command)
app.command("mcp")(mcp_command)

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
        sys.exit(error.exit_code)
    except OSError as error:
        Console(stderr=True).print(f"error: cannot write: {error.strerror}", style="red", markup=False)
        sys.exit(1)


@app.command()
def ask(
    question: Question = None,
    batch: Batch = None,
    exclude: Exclude = None,
    mode: InMode = "explain",
    level: Level = None,
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Answer a question from the corpus, every sentence cited; or more simply, or with a hint that gives nothing away.

    Exit code 3 where the corpus does not answer it.

    Example: quicktakes ask "Why is the inside of a resting neuron negative?" --mode hint --level 2
    """
    started = time.perf_counter()
    lines = _lines(question, batch)
    check_level(mode, level)
    with open_corpus(corpus_dir, data_dir, exclude) as quicktakes:

        def reply(line: BatchLine) -> Answer:
            return quicktakes.ask(line.question, exclude=exclude or (), mode=mode, level=level)

        if batch is not None:
            warn(quicktakes.notices)
            _write_lines(lines, lambda line: answer_to_json(reply(line), line.id))
            return
        answer = reply(lines[0])
    warn(answer.notices)
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
    with open_corpus(corpus_dir, data_dir, exclude) as quicktakes:

        def reply(line: BatchLine) -> dict[str, Json]:
            started = time.perf_counter()
            found = quicktakes.search(line.question, limit=limit, exclude=exclude or ())
            elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
            return search_to_json(found, {"total": elapsed_ms}, line.id, explain=explain)

        if batch is not None or as_json:
            warn(quicktakes.notices)
            _write_lines(lines, reply)
            return
        found = quicktakes.search(lines[0].question, limit=limit, exclude=exclude or ())
    from rag.cli.render import show_results

    warn(found.notices)
    show_results(Console(), found, explain=explain)


def _lines(question: str | None, batch: Path | None) -> list[BatchLine]:
    """Return what to answer: the question on the command line, or the lines of a batch file; not both."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a question, or a file with --batch (one of the two)")
    if batch is not None:
        return read_batch(batch)
    check_question(question or "")
    return [BatchLine(None, question or "")]


def _write_lines(lines: list[BatchLine], reply: Callable[[BatchLine], dict[str, Json]]) -> None:
    with show_progress("Answering") as progress:
        for number, line in enumerate(lines, start=1):
            write_json(reply(line))
            progress(number, len(lines))
