"""How soon a saved entry is found while `quicktakes index watch` runs: `make bench-watch CORPUS=folder`.

The corpus is copied into a temporary folder and watched by a process of its own. Sentences are added to entries, one
entry after the other; each time runs from the moment before the file is written until an index opened anew in this
process finds the sentence.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.corpus import load_corpus, write_file
from rag.corpus.writer import render_entry
from rag.ports import Embedder
from rag.settings import Settings
from rag.wiring import index_folder, load_embedder, open_index, sync_index

_EDITS = 10
_LONGEST_S = 60.0
_SENTENCE = "Edit {number} of the {slug} entry was found by the watcher."


def main() -> None:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, help="take the embedding cache there, so that the index is built soon")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(Path(scratch, "corpus"), Path(scratch, "index"))
        shutil.copytree(arguments.corpus_dir, settings.corpus_dir, copy_function=shutil.copyfile)
        if arguments.data_dir:
            settings.data_dir.mkdir()
            shutil.copy(arguments.data_dir / "embeddings.sqlite3", settings.data_dir)
        embedder = load_embedder(settings)
        report = sync_index(settings, embedder)
        with _watching(settings):
            times_s = _time_edits(settings, embedder)
    table = Table("from write to found", "value")
    table.add_row("entries, passages", f"{report.entries:,}, {report.passages:,}")
    table.add_row(f"median of {len(times_s)}", f"{statistics.median(times_s):.2f} s")
    table.add_row("shortest, longest", f"{min(times_s):.2f} s, {max(times_s):.2f} s")
    Console().print(table)


@contextmanager
def _watching(settings: Settings) -> Generator[None]:
    """Run the command while the block runs, from its first line on."""
    folders = ["--corpus-dir", str(settings.corpus_dir), "--data-dir", str(settings.data_dir)]
    command = [sys.executable, "-m", "rag.cli", "index", "watch", *folders]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 our own command
        try:
            if process.stdout is None or not process.stdout.readline():
                sys.exit("the watcher ended before it began")
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def _time_edits(settings: Settings, embedder: Embedder) -> list[float]:
    corpus = load_corpus(settings.corpus_dir)
    urls = sorted(corpus.entries)[:: max(1, len(corpus.entries) // _EDITS)][:_EDITS]
    times_s: list[float] = []
    for number, url in enumerate(urls):
        sentence = _SENTENCE.format(number=number, slug=Path(url).name.replace("-", " "))
        entry = corpus.entries[url]
        text = render_entry(replace(entry, answer=f"{entry.answer}\n\n{sentence}"))
        before = _generation(settings)
        started = time.perf_counter()
        write_file(corpus.paths[url], text)
        _wait_until_found(settings, embedder, before, sentence, url)
        times_s.append(time.perf_counter() - started)
    return times_s


def _wait_until_found(settings: Settings, embedder: Embedder, before: str, sentence: str, url: str) -> None:
    deadline = time.monotonic() + _LONGEST_S
    while time.monotonic() < deadline:
        if _generation(settings) != before:  # asking the old one again and again would slow the watcher down
            with open_index(settings, embedder) as quicktakes:
                found = quicktakes.search(sentence).evidence
            if any(each.url == url and sentence in section.passage.text for each in found for section in each.sections):
                return
        time.sleep(0.01)
    sys.exit(f"after {_LONGEST_S:.0f} s the index does not have {sentence!r}")


def _generation(settings: Settings) -> str:
    return (index_folder(settings).path / "current").read_text()


if __name__ == "__main__":
    main()
