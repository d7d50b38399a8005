"""The commands ``quicktakes corpus ...``."""

from __future__ import annotations

import dataclasses

import typer
from rich.console import Console
from rich.table import Table

from rag.cli.lint import lint_command
from rag.cli.options import AsJson, CorpusDir, DataDir, settings_from
from rag.cli.output import write_json

corpus_app = typer.Typer(help="Check, inspect and extend the corpus.", no_args_is_help=True, rich_markup_mode=None)
corpus_app.command("lint")(lint_command)


@corpus_app.command("stats")
def stats_command(as_json: AsJson = False, corpus_dir: CorpusDir = None, data_dir: DataDir = None) -> None:
    """Count entries, subjects, answer lengths and problems.

    Example: quicktakes corpus stats --corpus-dir corpus
    """
    from rag.corpus import corpus_stats, load_corpus

    stats = corpus_stats(load_corpus(settings_from(corpus_dir, data_dir).corpus_dir))
    if as_json:
        write_json(dataclasses.asdict(stats))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("entries", f"{stats.entries:,}")
    for subject, count in stats.subjects.items():
        table.add_row(f"  {subject}", f"{count:,}")
    words = stats.answer_words
    table.add_row("words an answer", f"{words.least:,} to {words.most:,}, median {words.median:,}")
    table.add_row("related links", f"{stats.related_links:,}")
    for reason, count in stats.left_out.items():
        table.add_row(f"not knowledge: {reason}", f"{count:,}")
    table.add_row("files not usable", f"{len(stats.problems):,}")
    Console().print(table)
    for problem in stats.problems:
        typer.echo(problem)
