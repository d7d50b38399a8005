"""``quicktakes eval prefer``: which of two runs' replies a language model prefers, and whether that says anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.cli.approving import Yes, require_one_limit
from evals.cli.judges import LABELLED, Concurrency, InBatch, Labelled, ask_judge, calibration_table, warn_of_family
from evals.cli.options import MostUsd
from evals.gating import GATED_SPLIT
from evals.judging import Hearing, Preferred, preferences, questions_of_pairs, read_labelled, summed_up
from evals.models import Case, Reply
from evals.running import RunFolder, replies_of
from evals.statistics.cells import LEAST_CLUSTERS
from rag.cli.options import CorpusDir, DataDir, settings_from
from rag.errors import ConfigurationError

First = Annotated[
    Path, typer.Argument(metavar="RUN", help="The folder of a run; what is said of the pairs lies there.")
]
Second = Annotated[Path, typer.Argument(metavar="OTHER", help="The folder of the run that it is held against.")]


def prefer_command(
    run: First,
    other: Second,
    labelled: Labelled = LABELLED,
    concurrency: Concurrency = 4,
    most_usd: MostUsd = None,
    batch: InBatch = False,
    yes: Yes = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Have the model that QUICKTAKES_JUDGE_MODEL names say whose replies are better, each pair in both orders.

    It is calibrated first by the pairs that people labelled, and asked of the test split only. A reply wins where it
    does in both orders, else the pair is a tie. What was said is kept: the same command goes on where it was stopped.

    Example: QUICKTAKES_JUDGE_MODEL=openai:gpt-5-mini quicktakes eval prefer runs/B runs/A
    """
    require_one_limit(batch=batch, most_usd=most_usd)
    first, second, settings = RunFolder(run), RunFolder(other), settings_from(corpus_dir, data_dir)
    (cases, ours), (others, theirs) = _test_split(first), _test_split(second)
    _require_same(cases, others)
    hearing = Hearing(
        settings=settings,
        seed=first.path.name,
        calibration=first.pairs / "calibration.jsonl",
        judgements=first.pairs / "judgements.jsonl",
        batches=first.pairs,
        concurrency=concurrency,
        most_usd=most_usd,
        go_on=f"quicktakes eval prefer {run} {other}",
    )
    items = [one for one in read_labelled(labelled) if one.task == "pairwise"]
    if not items:
        raise ConfigurationError(f"{labelled} has no pairs to calibrate a judge by; add some of the task pairwise")
    questions = questions_of_pairs(cases, ours, theirs)
    calibration, judgements = ask_judge(hearing, items, questions, batch=batch, yes=yes)
    warn_of_family(calibration.model, [first, second], settings)
    console = Console()
    console.print(calibration_table(calibration))
    console.print(_table(first, second, summed_up(preferences(judgements, ours, theirs), cases)))
    if not calibration.may_gate("pairwise"):
        console.print("The judge does not say enough of what people say: shown, gates nothing.")


def _test_split(run: RunFolder) -> tuple[dict[str, Case], list[Reply]]:
    found = [(case, reply) for case, _, reply in replies_of(run) if case.split == GATED_SPLIT]
    return {case.url: case for case, _ in found}, [reply for _, reply in found]


def _require_same(cases: Mapping[str, Case], others: Mapping[str, Case]) -> None:
    shared = sorted(cases.keys() & others.keys())
    if not shared:
        raise ConfigurationError("the two runs share no case of the test split: judge runs over the same suite")
    changed = [url for url in shared if cases[url].sha256 != others[url].sha256]
    if changed:
        raise ConfigurationError(
            f"{len(changed)} of {len(shared)} cases are not the same in both runs, such as {changed[0]}: "
            "run one of the systems again over the suite of the other"
        )


def _table(first: RunFolder, second: RunFolder, told: Preferred) -> Table:
    title = f"{first.path.name} beside {second.path.name}"
    table = Table("wins", "ties", "losses", "share won", "95 %", "clusters", "words longer", title=escape(title))
    share = told.share
    interval = None if share is None else share.interval
    table.add_row(
        *map(str, (told.wins, told.ties, told.losses)),
        "-" if share is None else f"{share.mean:.3f}",
        "-" if interval is None else f"{interval.low:.3f} to {interval.high:.3f}",
        "0" if share is None else str(share.n_clusters),
        f"{told.longer_by:+.1f}",
    )
    table.caption = escape("; ".join(_notes(told)))
    return table


def _notes(told: Preferred) -> Sequence[str]:
    pairs = told.wins + told.ties + told.losses
    notes = [
        f"both orders say the same of {told.consistent} of {pairs} pairs",
        f"of {told.unequal} that one of unequal length won, the longer won {told.longer_won}",
    ]
    if not told.is_enough:
        notes.append(f"below {LEAST_CLUSTERS} clusters: too few to compare")
    return [*notes, *(f"{count} without a verdict ({reason})" for reason, count in told.unscored.items())]
