"""A corpus opened for a command, with what a person should know about it."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rag.cli.options import settings_from
from rag.cli.progress import show_progress

if TYPE_CHECKING:
    from rag.wiring import QuickTakes


@contextmanager
def open_corpus(
    corpus_dir: Path | None, data_dir: Path | None, exclude: Collection[str] | None
) -> Generator[QuickTakes]:
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


def warn(notices: Sequence[str]) -> None:
    """Say on standard error what did not go as it is set up to."""
    for notice in notices:
        typer.echo(f"warning: {notice}", err=True)
