"""Indexes on disk: each a generation in a folder of its own, with a pointer to the one in use."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.durable import flush_file, flush_folder, flush_names
from rag.errors import IndexStateError
from rag.indexing.lock import lock_for_writing
from rag.models import PassageKind
from rag.ports import Catalog, VectorIndex
from rag.retrieval import Snapshot

_NAME_DIGITS = 6

SNAPSHOT = "snapshot"
"""Folder of a generation's searchable form."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One finished index, never changed once it is in use: what it was built from, and its searchable form.

    Attributes:
        stores: the vector stores that its snapshot searches, where it does not hold the vectors itself.
    """

    folder: Path
    catalog: Catalog
    snapshot: Snapshot
    stores: tuple[VectorIndex, ...] = ()

    def close(self) -> None:
        """Close its files and connections."""
        self.catalog.close()
        for store in self.stores:
            store.close()


@dataclass(frozen=True, slots=True)
class UnfinishedGeneration:
    """An index that is being written: its catalog, and the vectors of questions and of sections.

    Attributes:
        in_place: whether readers will search these vectors, rather than arrays made from them.
    """

    folder: Path
    catalog: Catalog
    questions: VectorIndex
    sections: VectorIndex
    in_place: bool = False

    def vectors_of(self, kind: PassageKind) -> VectorIndex:
        """Return the vectors of passages of one kind."""
        return self.questions if kind == "question" else self.sections

    def close(self) -> None:
        """Close its files."""
        self.catalog.close()
        self.questions.close()
        self.sections.close()


class GenerationStore(Protocol):
    """Opens the folders of generations; each method raises `IndexStateError`."""

    def open(self, folder: Path) -> Generation:
        """Return a finished generation, for reading."""
        ...

    def open_stored(self, folder: Path) -> UnfinishedGeneration:
        """Return catalog and vectors of a finished generation as they are stored, to look at them."""
        ...

    def create(self, folder: Path) -> UnfinishedGeneration:
        """Return an empty generation in a new folder."""
        ...

    def copy(self, folder: Path, finished: Path) -> UnfinishedGeneration:
        """Return a copy of a finished generation in a new folder, without its searchable form."""
        ...

    def remove(self, folder: Path) -> None:
        """Remove a generation, whole or not, with its vectors; where that fails its folder stays."""
        ...


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """The generations of one corpus's index.

    Attributes:
        path: holds ``current`` (the name of the generation in use), ``lock``, and a folder a generation.
        store: opens their folders.
        patience_s: how long to wait for another process that is changing the index.
    """

    path: Path
    store: GenerationStore
    patience_s: float = 0.0

    def lock(self) -> AbstractContextManager[None]:
        """Return the lock to hold while writing; entering it raises `IndexBusyError`. Readers need none."""
        return lock_for_writing(self.path / "lock", timeout_s=self.patience_s)

    def open_current(self) -> Generation:
        """Return the generation in use.

        Raises:
            IndexStateError: there is none, or it cannot be opened.
        """
        folder = self.current_folder()
        try:
            return self.store.open(folder)
        except IndexStateError:
            newer = self.current_folder()
            if newer == folder:
                raise
        return self.store.open(newer)  # two syncs ended while the first was being opened, and the second removed it

    def current_folder(self) -> Path:
        """Return the folder of the generation in use; raises `IndexStateError` where there is none."""
        name = self._current_name()
        if name is None:
            raise IndexStateError(f"there is no index in {self.path}; run 'quicktakes index sync'")
        return self.path / name

    def has_current(self) -> bool:
        """Return whether a generation is in use, whole or not."""
        return self._current_name() is not None

    @contextmanager
    def next_generation(self, copy_of: Path | None = None) -> Generator[UnfinishedGeneration]:
        """Give a new generation to write, empty or a copy of the one in a folder; put it in use when the block ends.

        Where the block fails, or is interrupted, no unfinished folder is left behind.
        """
        taken = [int(folder.name[1:]) for folder in self._generations()]
        folder = self.path / f"g{max(taken, default=0) + 1:0{_NAME_DIGITS}d}"
        try:
            with closing(self.store.copy(folder, copy_of) if copy_of else self.store.create(folder)) as made:
                yield made
            flush_folder(folder)  # a pointer that outlives a loss of power must point to files that did
            flush_names(self.path)
            self._put_in_use(folder)
        except BaseException:
            if folder.name != self._current_name():
                self._remove(folder)
            raise

    def previous_folder(self) -> Path:
        """Return the folder of the generation that was in use before; raises `IndexStateError` where there is none."""
        current = self.current_folder().name
        older = [folder for folder in self._generations() if folder.name < current]
        if not older:
            raise IndexStateError(f"there is no generation before {current} in {self.path}; it is the only one kept")
        return max(older)

    def point_to(self, folder: Path) -> None:
        """Put a finished generation in use, in one atomic step; nothing is removed."""
        pointer = self.path / "current.new"
        pointer.write_text(folder.name)
        flush_file(pointer)
        pointer.replace(self.path / "current")
        flush_names(self.path)

    def remove(self) -> None:
        """Remove all generations, then the folder; it stays where one of them cannot be removed."""
        for folder in self._generations():
            self._remove(folder)
        if not any(self._generations()):
            shutil.rmtree(self.path, ignore_errors=True)

    def _put_in_use(self, folder: Path) -> None:
        """Point to a finished generation, in one atomic step.

        The one in use before stays for those who are reading it, until the next one is put in use; all others go.
        """
        kept = {folder.name, self._current_name()}
        self.point_to(folder)
        for other in self._generations():
            if other.name not in kept:
                self._remove(other)

    def _remove(self, folder: Path) -> None:
        with suppress(IndexStateError, OSError):  # the next generation that is put in use tries again
            self.store.remove(folder)

    def _generations(self) -> Iterator[Path]:
        return self.path.glob("g" + "[0-9]" * _NAME_DIGITS)

    def _current_name(self) -> str | None:
        try:
            name = (self.path / "current").read_text(errors="replace").strip()
        except OSError:
            return None
        return name if any(folder.name == name for folder in self._generations()) else None
