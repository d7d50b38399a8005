"""Fixtures of the tests of the index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from index_bench import LEAVES, Bench, forget_open_stores


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a bench with three entries, not yet synced."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    made = Bench(corpus, tmp_path / "data")
    made.write("a.md", "Why do leaves look green?", LEAVES)
    made.write("b.md", "How do kidneys filter blood?", "Each kidney holds nephrons that press plasma through a sieve.")
    made.write("deep/c.md", "What do ribosomes build?", "Ribosomes join amino acids into chains.")
    yield made
    forget_open_stores()
