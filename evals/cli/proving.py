"""``quicktakes eval self-test`` and ``eval validate``: whether the metrics are worth anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evals.cases import cases_over, read_cases
from evals.cli.options import SUITE, Suite
from evals.corpora import read_corpus
from evals.scoring import Materials, blind_spots, build_idf, detection_matrix, detection_table, lost
from evals.validating import read_human, validate, validation_json, validation_markdown
from rag.cli.options import AsJson, CorpusDir, settings_from

LOST = 1
"""Exit code of ``eval self-test`` where a fault that a metric is claimed to see is not seen."""

Cases = Annotated[int, typer.Option("--cases", min=1, help="How many syntheses of the suite are spoilt.")]
Human = Annotated[Path, typer.Option("--human", help="JSON lines of what people say of answers.")]


def self_test_command(suite: Suite = SUITE, cases: Cases = 60, corpus_dir: CorpusDir = None) -> None:
    """Spoil right answers in known ways, and print which metric sees which fault, and which faults none sees.

    Exit code 1 where one is lost that a metric is claimed to see.

    Example: quicktakes eval self-test
    """
    corpus = read_corpus(settings_from(corpus_dir, None))
    materials = Materials(idf=build_idf(corpus.entries.values()), entries=corpus.entries)
    taken = [one for one in cases_over(read_cases(suite).cases, corpus.entries.keys()) if one.kind == "synthesis"]
    found = detection_matrix(taken[:cases], materials)
    Console().print(detection_table(found))
    typer.echo(f"Blind spots, over {min(cases, len(taken))} cases: {', '.join(blind_spots(found)['any']) or 'none'}")
    gone = lost(found)
    for one in gone:
        typer.echo(f"lost: {one}", err=True)
    if gone:
        raise typer.Exit(LOST)


def validate_command(human: Human, as_json: AsJson = False, corpus_dir: CorpusDir = None) -> None:
    """Measure every metric against what people say: Pearson, Spearman and pairs put in their order, with intervals.

    Words are weighed by the corpus. docs/evaluation.md says what a line of the file holds.

    Example: quicktakes eval validate --human labels.jsonl
    """
    entries = read_corpus(settings_from(corpus_dir, None)).entries.values()
    found = validate(read_human(human), Materials(idf=build_idf(entries)))
    typer.echo(validation_json(found) if as_json else validation_markdown(found), nl=False)
