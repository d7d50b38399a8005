"""How long sync and questions take over a corpus: `make bench CORPUS=folder`.

Everything runs on a copy of the corpus in a temporary folder, in one process and one run, so that ratios can be
compared; absolute times are this machine's. Questions are the corpus's own with a word left out.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.corpus import load_corpus
from rag.indexing import SyncReport
from rag.ports import Embedder
from rag.settings import Settings
from rag.wiring import load_embedder, open_quicktakes, sync_index

_QUESTIONS = 60
_COLD_STARTS = 5


def main() -> None:
    """Run the measurements and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    arguments = parser.parse_args()
    table = Table("measurement", "median", "of", "ratio")
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(Path(scratch, "corpus"), Path(scratch, "index"))
        shutil.copytree(arguments.corpus_dir, settings.corpus_dir, copy_function=shutil.copyfile)
        embedder = load_embedder(settings)
        _measure_sync(table, settings, embedder)
        _measure_questions(table, settings, embedder)
        _measure_cold_start(table, settings)
    Console().print(table)


def _measure_sync(table: Table, settings: Settings, embedder: Embedder) -> None:
    build_s, report = _sync(settings, embedder)
    table.add_row(f"build: {report.entries:,} entries, {report.passages:,} passages", f"{build_s:.1f} s", "1", "")
    rate = report.embedded / build_s
    table.add_row("  passages embedded and stored", f"{rate:.0f}/s", "", "")
    unchanged_s = statistics.median(_sync(settings, embedder)[0] for _ in range(5))
    table.add_row(
        "sync, nothing changed", f"{unchanged_s * 1000:.0f} ms", "5", f"1/{build_s / unchanged_s:.0f} of a build"
    )
    edited = _edit_one_in_a_hundred(settings.corpus_dir)
    edit_s, report = _sync(settings, embedder)
    name = f"sync, {edited} entries edited ({report.embedded} passages embedded)"
    table.add_row(name, f"{edit_s * 1000:.0f} ms", "1", f"1/{build_s / edit_s:.0f} of a build")
    shutil.rmtree(settings.data_dir / "indexes")
    rebuild_s, report = _sync(settings, embedder)
    name = f"rebuild with the cache ({report.embedded} passages embedded)"
    table.add_row(name, f"{rebuild_s:.1f} s", "1", f"1/{build_s / rebuild_s:.0f} of a build")


def _measure_questions(table: Table, settings: Settings, embedder: Embedder) -> None:
    entries = list(load_corpus(settings.corpus_dir).entries.values())
    questions = [" ".join(entry.question.split()[1:]) for entry in entries[:: max(1, len(entries) // _QUESTIONS)]]
    with open_quicktakes(settings) as quicktakes:
        quicktakes.ask(questions[0])
        calls: dict[str, Callable[[str], object]] = {
            "embed a question": lambda question: embedder.embed([question]),
            "search, its embedding included": quicktakes.search,
            "answer what was just searched for": quicktakes.ask,
        }
        times = [[_time_ms(call, question) for call in calls.values()] for question in questions]  # side by side
        medians = [statistics.median(own) for own in zip(*times, strict=True)]
        for name, median_ms in zip(calls, medians, strict=True):
            table.add_row(name, f"{median_ms:.1f} ms", str(len(questions)), f"{median_ms / medians[0]:.2f}")


def _measure_cold_start(table: Table, settings: Settings) -> None:
    command = [sys.executable, "-m", "rag.cli", "ask", "What is an enzyme?"]
    folders = ["--corpus-dir", str(settings.corpus_dir), "--data-dir", str(settings.data_dir)]

    def run(_: str) -> None:
        subprocess.run([*command, *folders], check=False, capture_output=True)  # noqa: S603 our own command

    table.add_row("command line, start to end", f"{_median_ms(run, [''] * _COLD_STARTS) / 1000:.2f} s", "5", "")


def _sync(settings: Settings, embedder: Embedder) -> tuple[float, SyncReport]:
    started = time.perf_counter()
    report = sync_index(settings, embedder)
    return time.perf_counter() - started, report


def _edit_one_in_a_hundred(corpus_dir: Path) -> int:
    """Add a sentence to one entry of every hundred; return how many."""
    files = sorted(corpus_dir.rglob("*.md"))[::100]
    for file in files:
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("\nsubject: ", r" A sentence was added here." + "\nsubject: ", 1), encoding="utf-8"
        )
    return len(files)


def _median_ms(call: Callable[[str], object], questions: Sequence[str]) -> float:
    return statistics.median(_time_ms(call, question) for question in questions)


def _time_ms(call: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    call(question)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
