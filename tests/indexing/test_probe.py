"""A vector store that would end the process which opens it ends a child instead."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from index_bench import Bench, forget_open_stores

import rag
from rag.adapters.chroma import COLLECTIONS, ChromaVectorIndex
from rag.adapters.chroma_probe import COMMAND, probe_store
from rag.errors import IndexStateError
from rag.generations import VectorFolders

MANY = 1_500
"""Vectors from which on Chroma keeps them in files of its own, beside its database."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the folder of a store with many vectors, closed."""
    vectors = np.random.default_rng(0).normal(size=(MANY, 8)).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for name in COLLECTIONS:
        with closing(ChromaVectorIndex(tmp_path / "chroma", name)) as index:
            for start in range(0, MANY, 300):  # the last ones are to be added to a graph that is on disk already
                index.add([f"{number:05}" for number in range(start, start + 300)], unit[start : start + 300])
    forget_open_stores()
    return tmp_path / "chroma"


def _overwrite_vectors(store: Path) -> None:
    files = list(store.glob("*/data_level0.bin"))
    assert files
    for file in files:
        file.write_bytes(b"\xff" * file.stat().st_size)


def test_a_whole_store_passes(store: Path) -> None:
    """A store in order is read, searched and left as it was."""
    probe_store(store)
    with closing(ChromaVectorIndex(store, "sections")) as index:
        assert index.count() == MANY


def test_a_store_that_kills_its_reader_kills_only_the_child(store: Path) -> None:
    """Garbage in Chroma's own files ends the child by a signal (this proves that it does); here it is an error."""
    _overwrite_vectors(store)
    child = subprocess.run([*COMMAND, str(store)], cwd=Path(rag.__file__).parents[1], check=False)  # noqa: S603 ours
    assert child.returncode < 0

    with pytest.raises(IndexStateError, match=r"SIG[A-Z]+.*index doctor"):
        probe_store(store)


def test_garbage_in_the_database_is_an_error(store: Path) -> None:
    """What Chroma itself notices is told in its words."""
    forget_open_stores()
    (store / "chroma.sqlite3").write_bytes(b"\xff not a database " * 1000)

    with pytest.raises(IndexStateError, match="chroma cannot be used"):
        probe_store(store)


def test_a_store_that_hangs_is_given_up(tmp_path: Path) -> None:
    """A child that does not end in time is ended, and the store called unusable."""
    with pytest.raises(IndexStateError, match="could not be read in 0 s"):
        probe_store(tmp_path, command=[sys.executable, "-c", "import time; time.sleep(60)"], timeout_s=0.2)


@pytest.mark.parametrize(("end", "words"), [("sys.exit('no more')", "no more"), ("os.kill(os.getpid(), 9)", "SIGKILL")])
def test_any_other_end_is_an_error(tmp_path: Path, end: str, words: str) -> None:
    """The last words of a child, or the signal that ended it, are told."""
    with pytest.raises(IndexStateError, match=words):
        probe_store(tmp_path, command=[sys.executable, "-c", f"import os, sys; {end}"])


def test_only_what_another_process_wrote_is_probed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second change in one process needs no child; the first change after a start does, and so does verifying."""
    probed: list[Path] = []
    monkeypatch.setattr("rag.adapters.chroma_probe.probe_store", probed.append)
    bench.sync()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")
    bench.sync()
    assert probed == []

    VectorFolders._own.clear()  # as in a process that has just started
    bench.sync()
    assert probed == []  # nothing to do: nothing opened
    bench.write("b.md", "How do kidneys filter blood?", "In nephrons.")
    bench.sync()
    assert [folder.name for folder in probed] == ["chroma"]


def test_a_store_that_would_kill_a_sync_is_built_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the child dies the sync goes on: the next generation is built from the corpus and the cache."""
    bench.sync()
    VectorFolders._own.clear()

    def die(folder: Path) -> None:
        probe_store(folder, command=[sys.executable, "-c", "import os; os.kill(os.getpid(), 11)"])

    monkeypatch.setattr("rag.adapters.chroma_probe.probe_store", die)
    bench.write("b.md", "How do kidneys filter blood?", "In nephrons.")

    report = bench.sync()

    assert (report.rebuilt, report.embedded) == (True, 1)
    assert bench.status().state == "in step"
    assert len(list(bench.index.path.glob("g*"))) == 2
