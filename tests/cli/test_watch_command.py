"""`quicktakes index watch` over a real folder, in a process of its own."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rag.testing import entry_text

PATIENCE_S = 60.0
"""How long a line is waited for, on whatever machine."""

WATCH = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background has it ignored
import rag.wiring.embedders
from rag.cli import main
from rag.testing import HashEmbedder
rag.wiring.embedders.MiniLMEmbedder = HashEmbedder
main()
"""


@dataclass(slots=True)
class Watcher:
    """The running command; its lines come as they are written."""

    running: subprocess.Popen[str]
    lines: queue.Queue[str] = field(default_factory=queue.Queue[str])

    def pass_lines_on(self) -> None:
        """Keep the lines that are written, until the end."""
        assert self.running.stdout
        for line in self.running.stdout:
            self.lines.put(line.rstrip())

    def next_line(self) -> str:
        """Return the next line, of standard output or standard error."""
        return self.lines.get(timeout=PATIENCE_S)

    def end(self, number: signal.Signals) -> int:
        """Send a signal; return the exit code."""
        self.running.send_signal(number)
        return self.running.wait(PATIENCE_S)


@pytest.fixture
def start(tmp_path: Path, repository: Path) -> Iterator[Callable[..., Watcher]]:
    """Return a function that starts the command; it is killed where a test leaves it running."""
    with ExitStack() as opened:

        def call(*options: str) -> Watcher:
            running = opened.enter_context(
                subprocess.Popen(  # noqa: S603 our own command
                    [sys.executable, "-c", WATCH, "index", "watch", *options],
                    cwd=tmp_path,
                    env={**os.environ, "PYTHONPATH": str(repository)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            watcher = Watcher(running)
            reader = threading.Thread(target=watcher.pass_lines_on)
            reader.start()
            opened.callback(reader.join)
            opened.callback(running.kill)
            return watcher

        yield call


def _write(path: str, answer: str) -> Callable[[], object]:
    return lambda: Path(path).write_text(entry_text(f"What is a {Path(path).stem}?", answer), encoding="utf-8")


def _replace_folder() -> None:
    shutil.copytree("corpus", "next")
    _write("next/lung.md", "It breathes.")()
    Path("corpus").rename("last")
    Path("next").rename("corpus")


def test_the_index_follows_the_folder(start: Callable[..., Watcher]) -> None:
    """Edits, new folders, a broken entry, the folder replaced, gone and back; SIGTERM ends it with 0, quietly."""
    watcher = start()
    assert "built anew" in watcher.next_line()
    for change, expected in (
        (_write("corpus/spleen.md", "It filters."), ": 1 added,"),
        (_write("corpus/spleen.md", "It filters blood."), ": 1 edited,"),
        (lambda: (Path("corpus/deep/er").mkdir(parents=True), _write("corpus/deep/er/liver.md", "x")()), ": 1 added,"),
        (lambda: Path("corpus/deep").rename("corpus/deeper"), ": 1 added, 1 removed;"),
        (_write("corpus/deeper/er/liver.md", "It stores."), ": 1 edited,"),
        (lambda: shutil.move("corpus/deeper", "away"), ": 1 removed;"),
        (_replace_folder, ": 1 added,"),
        (_write("corpus/lung.md", "It breathes air."), ": 1 edited,"),
        (lambda: Path("corpus").rename("gone"), "error: corpus folder corpus does not exist"),
        (lambda: Path("gone").rename("corpus"), ": nothing changed;"),
        (lambda: (shutil.rmtree("corpus"), Path("corpus").mkdir(), _write("corpus/toe.md", "x")()), " 1 entries,"),
        (lambda: Path("corpus/broken.md").write_text("nothing"), "1 files not usable"),
    ):
        change()
        while expected not in (line := watcher.next_line()):  # a slow machine may see one change as two
            assert "in step in" in line or "does not exist" in line

    assert watcher.next_line().startswith("corpus/broken.md:1: QT")
    assert watcher.end(signal.SIGTERM) == 0
    assert watcher.lines.empty()


def test_ctrl_c_ends_it_with_0(start: Callable[..., Watcher]) -> None:
    """As it is meant to be ended, so nothing is said."""
    watcher = start()
    watcher.next_line()

    assert watcher.end(signal.SIGINT) == 0
    assert watcher.lines.empty()


def test_a_folder_that_is_not_there_at_first_is_an_error(start: Callable[..., Watcher]) -> None:
    """A misspelt name is not waited for."""
    watcher = start("--corpus-dir", "nowhere")

    assert watcher.next_line().startswith("error: corpus folder nowhere does not exist")
    assert watcher.running.wait(PATIENCE_S) == 1
