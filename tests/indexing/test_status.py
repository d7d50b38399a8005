"""Status says what the index holds and how it differs from the corpus, and changes neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_bench import Bench

from rag.errors import ConfigurationError


def test_an_index_that_was_never_built_is_missing(bench: Bench) -> None:
    """Without an index, status counts the files that wait for one."""
    status = bench.status()

    assert status.state == "missing"
    assert (status.entries, status.passages, status.added) == (0, 0, 3)
    assert status.corpus is None
    assert status.embedder is None


def test_an_index_is_in_step_after_a_sync(bench: Bench) -> None:
    """Status and the sync's own report give the same numbers."""
    bench.write("x.md", "What is a spleen?", "I cannot answer this question.")
    (bench.corpus / "broken.md").write_text("nothing")
    report = bench.sync()

    status = bench.status()

    assert status.state == "in step"
    assert (status.entries, status.passages) == (report.entries, report.passages)
    assert (status.added, status.edited, status.removed) == (0, 0, 0)
    assert status.embedder == "hash-embedder:1"
    assert status.left_out == report.left_out == {"refusal": 1}
    assert status.problems == report.problems
    assert len(status.problems) == 1


def test_an_index_is_stale_once_files_differ(bench: Bench) -> None:
    """Added, edited and removed files are counted; what is indexed still is, until the next sync."""
    bench.sync()
    bench.write("d.md", "Why do muscles tire?", "Phosphate builds up.")
    bench.write("e.md", "Why do muscles ache?", "Fibres tear.")
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    (bench.corpus / "a.md").unlink()

    status = bench.status()

    assert status.state == "stale"
    assert (status.added, status.edited, status.removed) == (2, 1, 1)
    assert status.entries == 3
    assert bench.status() == status


def test_the_corpus_hash_follows_content_and_paths(bench: Bench) -> None:
    """The hash changes with any edit or rename, and returns with the old content."""
    hashes: list[str | None] = []
    for path in ("b.md", "bb.md", "b.md"):
        for old in bench.corpus.glob("b*.md"):
            old.rename(bench.corpus / path)
        bench.sync()
        hashes.append(bench.status().corpus)

    assert hashes[0] == hashes[2] != hashes[1]
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    bench.sync()
    assert bench.status().corpus not in hashes


def test_a_missing_corpus_folder_is_refused(tmp_path: Path) -> None:
    """Status of a folder that does not exist is the operator's error."""
    with pytest.raises(ConfigurationError, match="does not exist"):
        Bench(tmp_path / "nowhere", tmp_path / "data").status()


@pytest.mark.parametrize("key", ["recipe", "format", "embedder"])
def test_an_index_built_by_other_rules_is_unusable(bench: Bench, key: str) -> None:
    """Status foretells that the next sync builds anew."""
    bench.sync()
    bench.set_meta(**{key: "an older one"})

    assert bench.status().state == "unusable"
    assert bench.sync().rebuilt


def test_status_changes_nothing(bench: Bench) -> None:
    """Not even a folder is made."""
    bench.status()

    assert not bench.data.exists()
