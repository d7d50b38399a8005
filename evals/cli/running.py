"""``quicktakes eval run`` and ``eval score``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from evals.cases import Choice
from evals.cli.approving import Yes, approval, require_one_limit
from evals.cli.embedding import open_text_embedder
from evals.cli.options import SUITE, Fast, MostUsd, Out, Suite, runs_folder
from evals.cli.showing import show_headline
from evals.measuring import Listener, Order, Plan, begin, finish, plan, plan_again, score_again, take_answers
from evals.measuring import resume as go_on
from evals.models import Kind
from evals.presenting import Beside, write_history, write_report
from evals.running import ARMS, RunFolder
from evals.statistics.cells import KINDS
from rag.cli.options import CorpusDir, DataDir, settings_from
from rag.cli.progress import ShowDone, show_progress
from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.wiring import load_embedder, sync_index

System = Annotated[
    str,
    typer.Option(
        "--system",
        help="What is measured: quicktakes, floor:echo, floor:random, floor:nearest, the address of a service, or a "
        "chat model as provider:model.",
    ),
]
Split = Annotated[Literal["dev", "test", "all"], typer.Option("--split", help="Cases to ask; gates read test.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Ask cases of this kind only; repeatable.")]
Sample = Annotated[
    int | None, typer.Option("--sample", min=1, help="Clusters of each kind to ask, always the same; else all.")
]
Arms = Annotated[
    Literal["both", "open", "held_out"],
    typer.Option("--arm", help="Ask held-out cases without what they were made from, of the whole corpus, or both."),
]
Repeats = Annotated[int, typer.Option("--repeats", min=1, help="Times to ask each case, where a model samples.")]
Concurrency = Annotated[
    int,
    typer.Option("--concurrency", min=1, max=256, help="Cases asked at once, at most: fewer where a server wants it."),
]
InBatch = Annotated[
    bool, typer.Option("--batch", help="Ask a chat model by its provider's batch: half the price, within a day.")
]
Floors = Annotated[bool, typer.Option("--floors/--no-floors", help="Score what trivial systems reply, too.")]
Resume = Annotated[Path | None, typer.Option("--resume", metavar="RUN", help="Go on with a run that was stopped.")]


def run_command(
    suite: Suite = SUITE,
    out: Out = None,
    system: System = "quicktakes",
    split: Split = "all",
    kind: Kinds = None,
    sample: Sample = None,
    arm: Arms = "both",
    repeats: Repeats = 1,
    concurrency: Concurrency = 1,
    most_usd: MostUsd = None,
    floors: Floors = True,
    fast: Fast = False,
    batch: InBatch = False,
    yes: Yes = False,
    resume: Resume = None,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Ask a system all cases of a suite over a corpus, score what it replies, and print what that comes to.

    Every reply is kept as it comes: after Ctrl-C, or when --most-usd is spent, the command that is printed goes on with
    the run. Exit code 3 where a reply shows something that was to be hidden: then nothing of the run counts.

    Example: quicktakes eval run --split test --sample 10
    """
    settings = settings_from(corpus_dir, data_dir)
    require_one_limit(batch=batch, most_usd=most_usd)
    approve = approval(yes=yes) if batch else None
    _bring_in_step(settings)
    order = Order(
        suite=suite,
        choice=Choice(None if split == "all" else split, _kinds(kind), sample),
        settings=settings,
        system=system,
        arms=ARMS if arm == "both" else (arm,),
        repeats=repeats,
        concurrency=concurrency,
        most_usd=most_usd,
        by_batch=approve,
        tell=lambda told: typer.echo(told, err=True),
    )
    if resume is not None:
        run = RunFolder(resume)
        planned = plan_again(run, order)
        with show_progress("Asking") as progress:
            go_on(run, planned, _listener(progress))
    else:
        planned = plan(order)
        _tell_left_out(planned)
        with show_progress("Asking") as progress:
            run = begin(planned, runs_folder(out), _listener(progress))
    finish(run, planned, floors=floors)
    _score(run, settings, fast=fast)
    write_history(run.path.parent)


Source = Annotated[Path | None, typer.Argument(metavar="[RUN]", help="The folder of a run; or give --answers.")]
Answers = Annotated[
    Path | None, typer.Option("--answers", help="Folder of entries, each the answer to one case, whoever wrote them.")
]
References = Annotated[
    Path | None, typer.Option("--references", help="Folder of cases, or of entries whose answers are right.")
]


def score_command(
    run: Source = None,
    answers: Answers = None,
    references: References = None,
    out: Out = None,
    fast: Fast = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Score a run anew from its own folder; or a folder of answers, matched with references by url or question.

    Example: quicktakes eval score --answers drafts --references evals/datasets/suite --out runs
    """
    settings = settings_from(corpus_dir, data_dir)
    if run is not None:
        _score(RunFolder(run), settings, fast=fast)
        return
    if answers is None or references is None:
        raise ConfigurationError("name the folder of a run, or both --answers and --references")
    with show_progress("Reading") as progress:
        taken = take_answers(answers, references, runs_folder(out), settings, _listener(progress))
    for url in taken.unanswered:
        typer.echo(f"no answer: {url}", err=True)
    _score(taken.run, settings, fast=fast)


def _bring_in_step(settings: Settings) -> None:

    with show_progress("Indexing") as progress:
        sync_index(settings, load_embedder(settings), progress)


def _kinds(names: list[str] | None) -> tuple[Kind, ...]:
    known: dict[str, Kind] = {kind: kind for kind in KINDS}
    strange = [name for name in names or () if name not in known]
    if strange:
        raise ConfigurationError(f"{strange[0]!r} is no kind of case; there are {', '.join(KINDS)}")
    return tuple(known[name] for name in names or ())


def _tell_left_out(planned: Plan) -> None:
    for reason, count in planned.left_out.items():
        if count:
            typer.echo(f"left out: {count:,} cases {reason}", err=True)


def _listener(show: ShowDone) -> Listener:
    """Return what shows how far a run is, and the mean content F1 of what was replied until now."""
    total, count = 0.0, 0

    def listen(done: int, tasks: int, last: float | None) -> None:
        nonlocal total, count
        if last is not None:
            total, count = total + last, count + 1
        show(done, tasks, f"content F1 {total / count:.2f}" if count else "")

    return listen


def _score(run: RunFolder, settings: Settings, *, fast: bool) -> None:
    with ExitStack() as opened:
        embedder = None if fast else opened.enter_context(open_text_embedder(settings))
        scored = score_again(run, embedder)
        write_report(run, scored, Beside())
    show_headline(run, scored.summary)
