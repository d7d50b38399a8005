"""``quicktakes eval lint`` and ``eval make-cases``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from evals.cases import cases_over, freeze_cases, is_warning, lint_cases, make_cases, make_known_items, read_cases
from evals.cli.options import SUITE
from evals.corpora import read_corpus
from rag.cli.options import CorpusDir, DataDir, settings_from

UNFIT = 1
"""Exit code of ``eval lint`` where a suite is not fit to measure with."""

SuiteFolder = Annotated[Path, typer.Argument(metavar="[SUITE]", help="Folder of cases.")]
CorpusFolder = Annotated[Path, typer.Argument(metavar="CORPUS", help="Folder of entries.")]
Made = Annotated[
    Literal["held_out_paraphrase", "known_item"],
    typer.Option(
        "--kind", help="held_out_paraphrase: answer without the entry; known_item: find it, answers unscored."
    ),
]
NewFolder = Annotated[Path, typer.Option("--out", help="A new folder for the cases.")]


def lint_command(suite: SuiteFolder = SUITE, corpus_dir: CorpusDir = None) -> None:
    """Say what is wrong with a suite of cases, a problem a line; exit code 1 where it is not fit to measure with.

    Cases over entries of the corpus are checked against it; codes that begin with EV3 are warnings.

    Example: quicktakes eval lint evals/datasets/suite
    """
    read = read_cases(suite)
    urls = read_corpus(settings_from(corpus_dir, None)).entries.keys()
    names = {case.corpus for case in cases_over(read.cases, urls)}
    problems = lint_cases(read, dict.fromkeys(names, urls))
    for problem in problems:
        typer.echo(problem)
    wrong = sum(not is_warning(problem) for problem in problems)
    typer.echo(f"{len(read.cases):,} cases, {wrong:,} problems, {len(problems) - wrong:,} warnings", err=True)
    if wrong:
        raise typer.Exit(UNFIT)


def make_cases_command(
    corpus: CorpusFolder, out: NewFolder, kind: Made = "held_out_paraphrase", data_dir: DataDir = None
) -> None:
    """Make a case of each entry of a folder, asked by the entry's own question, and freeze them.

    Held-out cases say whether the other entries cover them.

    Example: quicktakes eval make-cases corpus --out cases
    """
    measured = read_corpus(settings_from(corpus, data_dir))
    entries, name = list(measured.entries.values()), corpus.resolve().name
    vectors = measured.question_vectors(entries)
    if kind == "known_item":
        cases, told = make_known_items(entries, vectors, name), ""
    else:
        cases = make_cases(entries, vectors, measured.neighbourhoods(), name)
        counts = Counter(case.answerable for case in cases)
        told = f": {counts[True]:,} covered by other entries, {counts[False]:,} not, {counts[None]:,} unsure"
    frozen = freeze_cases(cases, out, measured.sha256)
    clusters = len({case.cluster for case in cases})
    typer.echo(f"{len(cases):,} cases in {clusters:,} clusters{told}. Frozen in {out} as {frozen[:12]}")
