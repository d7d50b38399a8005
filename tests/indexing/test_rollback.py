"""The generation before can be put back in use, and the corpus stays the truth."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from index_bench import Bench

from rag.errors import IndexBusyError, IndexStateError
from rag.indexing import Rollback, built_with, roll_back


def rolled_back(bench: Bench) -> Rollback:
    """Return what rolling back did."""
    return roll_back(bench.index, built_with(bench.embedder.fingerprint))


@pytest.fixture
def changed(bench: Bench) -> Bench:
    """Return a bench with two generations: one before an edit and one after."""
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    bench.sync()
    return bench


def test_the_generation_before_is_put_back(changed: Bench) -> None:
    """It is in use whole again, and the result names both generations."""
    assert rolled_back(changed) == Rollback("g000001", "g000002")
    assert changed.generation_folder.name == "g000001"
    assert changed.status().edited == 1


def test_the_next_sync_follows_the_corpus(changed: Bench, tmp_path: Path) -> None:
    """After a rollback the older index is brought in step, with what changed since; the bad generation is removed."""
    rolled_back(changed)

    report = changed.sync()

    assert (report.rebuilt, report.edited, report.embedded) == (False, 1, 0)
    assert changed.contents() == changed.contents_built_anew(tmp_path / "anew")
    assert sorted(folder.name for folder in changed.index.path.glob("g*")) == ["g000001", "g000003"]


def test_there_is_no_way_back_from_the_first(bench: Bench) -> None:
    """Without an index, with the only generation, and after a rollback there is none before: told, and nothing done."""
    with pytest.raises(IndexStateError, match="no index"):
        rolled_back(bench)
    bench.sync()
    with pytest.raises(IndexStateError, match=r"no generation before g000001"):
        rolled_back(bench)
    assert bench.generation_folder.name == "g000001"


def test_a_rollback_leads_back_once(changed: Bench) -> None:
    """The generation that was left is not before the one in use: a second rollback does not go forward."""
    rolled_back(changed)
    with pytest.raises(IndexStateError, match="no generation before"):
        rolled_back(changed)


@pytest.mark.parametrize("damage", ["catalog.sqlite3", "snapshot"])
def test_a_damaged_generation_is_not_put_back(changed: Bench, damage: str) -> None:
    """What cannot be opened is refused, and the index in use stays in use."""
    older = changed.index.path / "g000001" / damage
    shutil.rmtree(older) if older.is_dir() else older.unlink()

    with pytest.raises(IndexStateError, match=r"cannot be used|is missing"):
        rolled_back(changed)

    assert changed.generation_folder.name == "g000002"


def test_a_generation_of_another_release_is_not_put_back(changed: Bench) -> None:
    """What this release would not read is refused: the release that built it must be installed first."""
    with pytest.raises(IndexStateError, match="embedder hash-embedder:1, not with other:1"):
        roll_back(changed.index, built_with("other:1"))


def test_a_rollback_waits_for_no_writer(changed: Bench) -> None:
    """While another process changes the index, nothing is put back."""
    with changed.index.lock(), pytest.raises(IndexBusyError):
        rolled_back(changed)
