"""Indexes on disk: each a generation in a folder of its own, with a pointer to the one in use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.errors import IndexStateError
from rag.indexing.lock import lock_index
from rag.ports import Catalog, VectorIndex

_NAME_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Generation:
    """One index: a catalog, and the vectors of questions and of sections."""

    folder: Path
    catalog: Catalog
    questions: VectorIndex
    sections: VectorIndex

    def vectors_of(self, kind: str) -> VectorIndex:
        """Return the vectors of passages of one kind."""
        return self.questions if kind == "question" else self.sections


class GenerationOpener(Protocol):
    """Opens a generation's folder, or makes an empty generation in it; raises `IndexStateError`."""

    def __call__(self, folder: Path, *, create: bool) -> Generation:
        """Return the generation."""
        ...


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """The generations of one corpus's index.

    Attributes:
        path: holds ``current`` (the name of the generation in use), ``lock``, and a folder a generation.
        open_generation: see `GenerationOpener`.
    """

    path: Path
    open_generation: GenerationOpener

    def lock(self, *, exclusive: bool) -> AbstractContextManager[None]:
        """Return the lock to hold while reading, or while writing; entering it raises `IndexBusyError`."""
        return lock_index(self.path / "lock", exclusive=exclusive)

    def open_current(self) -> Generation:
        """Return the generation in use.

        Raises:
            IndexStateError: there is none, or it cannot be opened.
        """
        name = self._current_name()
        if name is None:
            raise IndexStateError(f"there is no index in {self.path}; run 'quicktakes index sync'")
        return self.open_generation(self.path / name, create=False)

    def has_current(self) -> bool:
        """Return whether a generation is in use, whole or not."""
        return self._current_name() is not None

    def start_generation(self) -> Generation:
        """Return a new, empty generation, not yet in use."""
        taken = [int(folder.name[1:]) for folder in self._generations()]
        folder = self.path / f"g{max(taken, default=0) + 1:0{_NAME_DIGITS}d}"
        folder.mkdir(parents=True)
        return self.open_generation(folder, create=True)

    def put_in_use(self, generation: Generation) -> None:
        """Point to a finished generation, in one atomic step, and remove all others."""
        pointer = self.path / "current.new"
        with pointer.open("w") as file:
            file.write(generation.folder.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.path / "current")
        for folder in self._generations():
            if folder.name != generation.folder.name:
                shutil.rmtree(folder)

    def _generations(self) -> Iterator[Path]:
        return self.path.glob("g" + "[0-9]" * _NAME_DIGITS)

    def _current_name(self) -> str | None:
        try:
            name = (self.path / "current").read_text().strip()
        except FileNotFoundError:
            return None
        return name if (self.path / name).is_dir() else None
