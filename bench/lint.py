"""Times the linter over as many entries as the publisher has: `make bench-lint [CORPUS=folder]`.

The entries are made from those of a corpus, see `bench.large_corpus`: as long as real ones, and no two ask the same.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from bench.large_corpus import PUBLISHED, write_corpus
from rag.cli.progress import show_progress
from rag.corpus import find_files
from rag.linting import Checks, lint, selected_codes


def main() -> None:
    """Make the entries, check them, and print the time, the peak memory and what was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus-dir", type=Path, required=True)
    options.add_argument("--entries", type=int, default=PUBLISHED)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(given.corpus_dir, Path(folder), given.entries)
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


if __name__ == "__main__":
    main()
