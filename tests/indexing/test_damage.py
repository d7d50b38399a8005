"""An index is a cache: whatever happens to it, the next sync makes it whole, and embeds nothing twice."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from index_bench import Bench, forget_open_stores

from rag.errors import IndexStateError
from rag.indexing import SNAPSHOT

DIE_IN_A_SYNC = """
import os, signal, sys
from pathlib import Path
from rag.settings import Settings
from rag.testing import HashEmbedder
from rag.wiring import sync_index
settings = Settings(Path(sys.argv[1]), Path(sys.argv[2]))
sync_index(settings, HashEmbedder(), lambda done, total: done and os.kill(os.getpid(), signal.SIGKILL))
"""


def _no_vectors(bench: Bench) -> None:
    shutil.rmtree(bench.generation_folder / "chroma")


def _some_vectors_missing(bench: Bench) -> None:
    with bench.vectors() as (_, sections):
        sections.delete(sorted(sections.ids())[:1])


def _vectors_left_over(bench: Bench) -> None:
    with bench.vectors() as (questions, sections):
        questions.add(["left over"], sections.vectors(sorted(sections.ids())[:1]))


def _no_catalog(bench: Bench) -> None:
    (bench.generation_folder / "catalog.sqlite3").unlink()


def _truncated_catalog(share: float) -> Callable[[Bench], None]:
    def damage(bench: Bench) -> None:
        file = bench.generation_folder / "catalog.sqlite3"
        content = file.read_bytes()
        file.write_bytes(content[: int(len(content) * share)])

    return damage


def _garbage_catalog(bench: Bench) -> None:
    (bench.generation_folder / "catalog.sqlite3").write_bytes(b"\xff not a database " * 1000)


def _garbage_vectors(bench: Bench) -> None:
    (bench.generation_folder / "chroma/chroma.sqlite3").write_bytes(b"\xff not a database " * 1000)


def _no_snapshot(bench: Bench) -> None:
    shutil.rmtree(bench.generation_folder / SNAPSHOT)


def _no_file_of_the_snapshot(bench: Bench) -> None:
    (bench.generation_folder / SNAPSHOT / "postings-gains.npy").unlink()


def _truncated_snapshot(bench: Bench) -> None:
    file = bench.generation_folder / SNAPSHOT / "sections-halves.npy"
    file.write_bytes(file.read_bytes()[:-1])


def _snapshot_of_another_generation(bench: Bench) -> None:
    kept = bench.data / "kept"
    shutil.copytree(bench.generation_folder / SNAPSHOT, kept)
    bench.write("d.md", "What do lungs do?", "They breathe.")
    bench.sync()
    shutil.rmtree(bench.generation_folder / SNAPSHOT)
    kept.rename(bench.generation_folder / SNAPSHOT)
    (bench.corpus / "d.md").unlink()


def _no_pointer(bench: Bench) -> None:
    (bench.index.path / "current").unlink()


def _pointer(content: bytes) -> Callable[[Bench], None]:
    def damage(bench: Bench) -> None:
        (bench.index.path / "current").write_bytes(content)

    return damage


def _no_generation(bench: Bench) -> None:
    shutil.rmtree(bench.generation_folder)


DAMAGES = {
    "the catalog is gone": _no_catalog,
    "the catalog is empty": _truncated_catalog(0),
    "the catalog ends after a tenth": _truncated_catalog(0.1),
    "the catalog ends after its half": _truncated_catalog(0.5),
    "the catalog lacks its last tenth": _truncated_catalog(0.9),
    "the catalog is garbage": _garbage_catalog,
    "the snapshot is gone": _no_snapshot,
    "the snapshot lacks a file": _no_file_of_the_snapshot,
    "a file of the snapshot lacks a byte": _truncated_snapshot,
    "the snapshot is another generation's": _snapshot_of_another_generation,
    "the pointer is gone": _no_pointer,
    "the pointer is empty": _pointer(b""),
    "the pointer is garbage": _pointer(b"\xff\xfe\x00garbage\n"),
    "the pointer is endless": _pointer(b"g" * 5000),
    "the pointer names no generation": _pointer(b"g999999"),
    "the pointer leads out of the folder": _pointer(b"../../.."),
    "the generation is gone": _no_generation,
}

VECTOR_DAMAGES = {
    "the vectors are gone": _no_vectors,
    "some vectors are gone": _some_vectors_missing,
    "vectors are left over": _vectors_left_over,
    "the vectors are garbage": _garbage_vectors,
}


@pytest.fixture(params=DAMAGES.values(), ids=DAMAGES.keys())
def damaged(bench: Bench, request: pytest.FixtureRequest) -> Bench:
    """Return a bench whose index was whole, then damaged, then left by its process."""
    bench.sync()
    request.param(bench)
    forget_open_stores()
    return bench


def test_a_damaged_index_is_built_anew_from_the_cache(damaged: Bench, tmp_path: Path) -> None:
    """The next sync notices, builds the whole index anew and takes every vector from the cache."""
    report = damaged.sync()

    assert report.rebuilt
    assert report.entries == 3
    assert report.embedded == 0
    assert damaged.embedder.embedded == []
    assert damaged.contents() == damaged.contents_built_anew(tmp_path / "anew")
    assert not damaged.sync().rebuilt


def test_a_damaged_index_is_never_called_in_step(damaged: Bench) -> None:
    """Status reports the damage, without an error and without mending anything."""
    for _ in range(2):
        assert damaged.status().state in {"missing", "unusable"}


def test_deleting_the_data_folder_is_harmless(bench: Bench) -> None:
    """Another process finds no index, says so, and builds it again from the corpus alone."""
    bench.sync()
    before = bench.contents()
    shutil.rmtree(bench.data)
    forget_open_stores()

    assert bench.status().state == "missing"
    report = bench.sync()

    assert report.rebuilt
    assert report.embedded == report.passages
    assert bench.contents() == before


def test_deleting_the_data_folder_under_a_running_process_is_harmless(bench: Bench) -> None:
    """A process that had the index open before builds it again as well: no handle of the lost one is used."""
    bench.sync()
    before = bench.contents()
    shutil.rmtree(bench.data)

    report = bench.sync()

    assert report.rebuilt
    assert bench.contents() == before


@pytest.mark.parametrize("damage", VECTOR_DAMAGES.values(), ids=VECTOR_DAMAGES.keys())
@pytest.mark.parametrize("same_process", [False, True])
def test_a_damaged_vector_store_disturbs_no_reader_and_is_built_anew_by_the_next_change(
    bench: Bench, tmp_path: Path, damage: Callable[[Bench], None], *, same_process: bool
) -> None:
    """Readers never open it; a sync that has to write notices, and takes from the cache what did not change."""
    bench.sync()
    found = bench.search("kidneys filter blood")
    damage(bench)
    if not same_process:
        forget_open_stores()

    assert bench.status().state == "in step"
    assert not bench.sync().rebuilt
    assert bench.search("kidneys filter blood") == found

    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    assert bench.sync().rebuilt
    assert len(bench.embedder.embedded) == 1
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")
    assert len([path for path in bench.index.path.iterdir() if path.is_dir()]) == 2


@pytest.mark.parametrize("recipe", ["an older one", None])
def test_a_sync_cut_short_leaves_the_index_as_it_was(bench: Bench, tmp_path: Path, recipe: str | None) -> None:
    """Where a change or a rebuild fails half-way, the index before stays in use whole; the next sync finishes."""
    bench.sync()
    if recipe:
        bench.set_meta(recipe=recipe)
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    folder, before = bench.generation_folder, bench.contents()

    with pytest.raises(_PowerCutError):
        bench.sync(_cut_power)

    assert bench.generation_folder == folder
    assert bench.contents() == before
    report = bench.sync()
    assert (report.rebuilt, report.embedded) == (recipe is not None, 0)
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")


@pytest.mark.parametrize("warm", [False, True])
def test_a_process_killed_in_a_sync_does_no_harm(bench: Bench, tmp_path: Path, *, warm: bool) -> None:
    """What a killed process leaves behind is never read: the next sync ends in the index of a rebuild."""
    if warm:
        bench.sync()
        bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    command = [sys.executable, "-c", DIE_IN_A_SYNC, str(bench.corpus), str(bench.data)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL  # noqa: S603

    assert bench.status().state == ("stale" if warm else "missing")
    bench.sync()

    assert bench.status().state == "in step"
    assert bench.contents() == bench.contents_built_anew(tmp_path / "anew")
    assert len([path for path in bench.index.path.iterdir() if path.is_dir()]) == 1 + warm


def test_a_first_sync_cut_short_leaves_no_index(bench: Bench) -> None:
    """Before the first build is whole there is nothing to read; what was embedded is kept."""
    with pytest.raises(_PowerCutError):
        bench.sync(_cut_power)

    assert bench.status().state == "missing"
    with pytest.raises(IndexStateError, match="quicktakes index sync"):
        bench.passages()
    assert bench.sync().embedded == 0


def test_a_damaged_cache_is_begun_anew(bench: Bench) -> None:
    """A cache that is no database costs embedding again, and nothing else."""
    bench.sync()
    for file in bench.data.glob("embeddings.sqlite3*"):
        file.unlink()
    (bench.data / "embeddings.sqlite3").write_bytes(b"\xff not a database " * 1000)
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")

    assert bench.sync().embedded == 1
    assert bench.status().state == "in step"


class _PowerCutError(Exception):
    """Stops a sync where it stands."""


def _cut_power(done: int, _total: int) -> None:
    if done:
        raise _PowerCutError
