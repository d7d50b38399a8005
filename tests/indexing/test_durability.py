"""A generation is on disk before anything points to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from index_bench import Bench


class Disk:
    """Which files and folders were put on disk, and which of a folder were not when `current` was replaced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.flushed: set[int] = set()
        self.flushed_after: set[int] = set()
        self.missed: list[list[str]] = []
        fsync, replace = os.fsync, Path.replace

        def note_fsync(descriptor: int) -> None:
            (self.flushed_after if self.missed else self.flushed).add(os.fstat(descriptor).st_ino)
            fsync(descriptor)

        def note_replace(source: Path, target: Path) -> Path:
            generation = source.parent / source.read_text()
            needed = [source, source.parent, generation, *generation.rglob("*")]
            self.missed.append([path.name for path in needed if path.stat().st_ino not in self.flushed])
            return replace(source, target)

        monkeypatch.setattr(os, "fsync", note_fsync)
        monkeypatch.setattr(Path, "replace", note_replace)


def test_a_pointer_never_points_to_what_is_not_on_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file and folder of a generation, and the pointer's text, are synced before the pointer takes its place."""
    disk = Disk(monkeypatch)
    bench.sync()
    assert disk.missed == [[]]


def test_a_changed_copy_is_put_on_disk_whole(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that a copy shares with the generation before are new ones on disk, and are synced as well."""
    bench.sync()
    bench.write("d.md", "What do lysosomes digest?", "Lysosomes digest worn-out parts of a cell.")
    disk = Disk(monkeypatch)
    bench.sync()
    assert disk.missed == [[]]


def test_the_pointer_itself_is_put_on_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the pointer is in its place its folder is synced, so that a sync that returned is not undone."""
    disk = Disk(monkeypatch)
    bench.sync()
    assert bench.index.path.stat().st_ino in disk.flushed_after
