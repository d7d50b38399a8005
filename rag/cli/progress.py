"""Progress of long work, on standard error, silent where that is not a terminal."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "", style="dim")


class ShowDone(Protocol):
    """Shows how far long work is."""

    def __call__(self, done: int, total: int, note: str = "", /) -> None:
        """Show how many are done of how many, and a few words on what came of them."""
        ...


@contextmanager
def show_progress(label: str) -> Generator[ShowDone]:
    """Give a function to call with how many are done and how many there are; the bar appears with the first call."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    console = Console(stderr=True)
    bar = Progress(
        *columns,
        console=console,
        disable=not console.is_terminal,
        redirect_stdout=False,  # what is written there must reach a file, not this terminal
        redirect_stderr=False,
    )
    task = None

    def update(done: int, total: int, note: str = "", /) -> None:
        nonlocal task
        if task is None:
            bar.start()  # not before: a question to the operator may come first
            task = bar.add_task(label, total=total, note=note)
        bar.update(task, completed=done, total=total, note=note)

    try:
        yield update
    finally:
        bar.stop()
