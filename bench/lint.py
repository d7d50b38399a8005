"""Times the linter over as many entries as the publisher has: `make bench-lint [CORPUS=folder]`.

The entries are those of a corpus, taken again and again with questions made of the corpus's own words, so that they
are as long as real ones and no two ask the same.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rag.cli.progress import show_progress
from rag.corpus import Entry, find_files, load_corpus, new_entry, render_entry
from rag.linting import Checks, lint, selected_codes
from rag.passages import words_of

ENTRIES = 35_915
"""As many as the publisher's whole corpus has."""


def main() -> None:
    """Make the entries, check them, and print the time, the peak memory and what was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus-dir", type=Path, required=True)
    options.add_argument("--entries", type=int, default=ENTRIES)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for entry in _made_entries(given.corpus_dir, given.entries):
            (Path(folder) / entry.file_name).write_bytes(render_entry(entry).encode())
        files = find_files(Path(folder))
        started = time.perf_counter()
        with show_progress("Checking") as progress:
            report = lint(files, Checks(selected_codes((), ())), progress)
        elapsed_s = time.perf_counter() - started
    own, largest_child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{report.files:,} entries checked in {elapsed_s:.1f} s: {len(report.findings):,} findings")
    print(f"peak memory {own:.0f} MiB, and at most {largest_child:.0f} MiB in each process beside it")


def _made_entries(corpus_dir: Path, count: int) -> Iterator[Entry]:
    entries = list(load_corpus(corpus_dir).entries.values())
    vocabulary = sorted({word for entry in entries for word in words_of(entry.answer) if word.isalpha()})
    chosen = random.Random(7)  # noqa: S311 the same entries each time, not a secret
    for number in range(count):
        entry = entries[number % len(entries)]
        yield new_entry(
            id=number,
            date=entry.date,
            question=f"What do {' '.join(chosen.sample(vocabulary, 8))} share?",
            answer=f"{entry.answer} It is number {number}.",
            subject=entry.subject,
            page_description=entry.seo.page_description,
            page_keywords=entry.seo.page_keywords,
        )


if __name__ == "__main__":
    main()
