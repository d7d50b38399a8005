"""Search and sync over as many entries as the publisher has: `make bench-large CORPUS=folder [SCRATCH=folder]`.

Makes 36,000 entries from those of a corpus and an index over them with hashed vectors, which takes minutes, not the
hour that the model would; questions cost what the model costs. Everything is compared within one run: a search with
the embedding of its question, a sync that finds nothing with reading and hashing the files, a first answer in a new
process with its memory. A scratch folder that is named is kept, and used again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.large_corpus import HashedWordsEmbedder, TimedAs, write_corpus
from rag.cli.progress import show_progress
from rag.corpus import find_files, read_entry
from rag.indexing import SyncReport
from rag.library import Typeahead
from rag.settings import Settings
from rag.wiring import load_embedder, open_index, sync_index

ENTRIES = 36_000
_QUESTIONS = 200
_ROUNDS = 5


def main() -> None:
    """Run the measurements and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--first-answer", metavar="QUESTION", help="only open the scratch folder's index and answer")
    given = parser.parse_args()
    if given.first_answer:
        _answer_first(Settings(given.scratch / "corpus", given.scratch / "index"), given.first_answer)
        return
    table = Table("measurement", "median", "ratio")
    with ExitStack() as held:
        scratch = given.scratch or Path(held.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(scratch / "corpus", scratch / "index")
        if not settings.corpus_dir.exists():
            write_corpus(given.corpus_dir, settings.corpus_dir, given.entries)
        _measure_sync(table, settings)
        _measure_search(table, settings)
        _measure_typing(table, settings)
        _measure_first_answer(table, settings)
    Console().print(table)


def _measure_sync(table: Table, settings: Settings) -> None:
    build_s, report = _sync(settings)
    if report.added:
        table.add_row(f"build: {report.entries:,} entries, {report.passages:,} passages", f"{build_s:.0f} s", "")
    pairs = [(_seconds(lambda: _hash_all(settings.corpus_dir)), _sync(settings)[0]) for _ in range(_ROUNDS)]
    hash_s, unchanged_s = map(statistics.median, zip(*pairs, strict=True))
    table.add_row("stat and hash all files", f"{hash_s:.2f} s", "1")
    table.add_row("sync, nothing changed", f"{unchanged_s:.2f} s", f"{unchanged_s / hash_s:.2f}")
    edited = find_files(settings.corpus_dir)[:: 100 * report.entries // max(report.entries, 1)]
    for file in edited:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("\nsubject: ", " More was said.\nsubject: ", 1), encoding="utf-8")
    edit_s, report = _sync(settings)
    table.add_row(f"sync, {report.edited:,} entries edited", f"{edit_s:.1f} s", "")


def _measure_search(table: Table, settings: Settings) -> None:
    files = find_files(settings.corpus_dir)
    entries = [read_entry(file) for file in files[:: max(1, len(files) // _QUESTIONS)]]
    questions = [" ".join(entry.question.split()[1:]) for entry in entries]
    model = load_embedder(settings)
    with open_index(settings, TimedAs(HashedWordsEmbedder(), model)) as quicktakes:
        quicktakes.search(entries[0].question)
        embed: list[float] = []
        search: list[float] = []
        for question in questions:  # side by side, so that what else the machine does falls on both
            embed.append(_seconds(lambda question=question: model.embed([question])))
            search.append(_seconds(lambda question=question: quicktakes.search(question)))
        again = [_seconds(lambda question=question: quicktakes.search(question)) for question in questions]
    embed_ms, search_ms, again_ms = (statistics.median(times) * 1000 for times in (embed, search, again))
    table.add_row("embed a question", f"{embed_ms:.1f} ms", "1")
    table.add_row("search, its embedding included", f"{search_ms:.1f} ms", f"{search_ms / embed_ms:.2f}")
    table.add_row("the same search again", f"{again_ms:.3f} ms", "")


def _measure_typing(table: Table, settings: Settings) -> None:
    """Complete each question from its first letter to its thirtieth, as `/api/suggest` does while it is typed."""
    files = find_files(settings.corpus_dir)
    titles = [(str(file), read_entry(file).question) for file in files]
    typeahead = Typeahead(titles)
    typed = [question[:end] for _, question in titles[:: len(titles) // _QUESTIONS] for end in range(1, 31)]
    took = [_seconds(lambda text=text: typeahead.complete(text, 8)) * 1000 for text in typed]
    late = f"99 % within {statistics.quantiles(took, n=100)[98]:.2f} ms, all within {max(took):.2f} ms"
    table.add_row(f"complete what is typed ({late})", f"{statistics.median(took):.2f} ms", "")


def _measure_first_answer(table: Table, settings: Settings) -> None:
    folder = ["--corpus-dir", str(settings.corpus_dir), "--scratch", str(settings.data_dir.parent)]
    command = [sys.executable, "-m", "bench.large", *folder, "--first-answer", "What share do they have?"]
    lines = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(_ROUNDS)]  # noqa: S603 our own command
    seconds, mebibytes = zip(*(map(float, line.split()) for line in lines), strict=True)
    table.add_row("open, and answer a first question (after import)", f"{statistics.median(seconds):.2f} s", "")
    table.add_row("  memory of that process at its peak", f"{statistics.median(mebibytes):.0f} MiB", "")


def _answer_first(settings: Settings, question: str) -> None:
    """Print how many seconds it takes from here to an answer, and how many MiB the process then holds at its peak."""

    def answer() -> None:
        model = load_embedder(settings)
        with open_index(settings, TimedAs(HashedWordsEmbedder(), model)) as quicktakes:
            quicktakes.ask(question)

    seconds = _seconds(answer)
    print(f"{seconds:.3f} {_peak_mib():.0f}")


def _peak_mib() -> float:
    """Return this process's own peak; what `getrusage` gives begins with that of the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _sync(settings: Settings) -> tuple[float, SyncReport]:
    started = time.perf_counter()
    with show_progress("Indexing") as progress:
        report = sync_index(settings, HashedWordsEmbedder(), progress)
    return time.perf_counter() - started, report


def _hash_all(folder: Path) -> None:
    for path in _entry_files(folder):
        with path.open("rb") as file:
            os.fstat(file.fileno())
            hashlib.sha256(file.read()).digest()


def _entry_files(folder: Path) -> Iterable[Path]:
    return folder.rglob("*.md")


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
