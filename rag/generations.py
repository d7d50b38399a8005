"""What a generation is made of, and where: a catalog and arrays in its folder, vectors there too or on a server."""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Protocol

from rag.adapters.catalog import Catalog
from rag.errors import IndexStateError
from rag.indexing import SNAPSHOT, Generation, UnfinishedGeneration
from rag.ports import VectorIndex
from rag.retrieval import open_snapshot

VectorPair = tuple[VectorIndex, VectorIndex]
"""The vectors of questions, and those of sections."""

CATALOG: Final = "catalog.sqlite3"
CHROMA: Final = "chroma"
"""What a generation's folder holds beside its snapshot: its database, and Chroma's folder if vectors are kept there."""

SERVER_PAIR: Final = "collections.txt"
"""Url of the server, and name of the pair of collections on it, that hold a generation's vectors; written before they
are made, so that what an interrupted sync leaves on the server is removed with its folder."""

_NAME_CHARACTERS: Final = 60
_COPIED_ROWS: Final = 5_000


class VectorHome(Protocol):
    """Where the vectors of generations are kept."""

    in_place: ClassVar[bool]
    """Whether readers search them there, rather than arrays made from them."""

    def open(self, folder: Path) -> tuple[VectorIndex, ...]:
        """Return what a reader of a finished generation needs of it: a pair, or nothing."""
        ...

    def open_stored(self, folder: Path) -> VectorPair:
        """Return a finished generation's pair as it is stored, to look at it."""
        ...

    def create(self, folder: Path) -> VectorPair:
        """Return an empty pair for a new generation."""
        ...

    def copy(self, folder: Path, finished: Path) -> VectorPair:
        """Return a pair for a new generation that holds what a finished one's does."""
        ...

    def remove(self, folder: Path) -> None:
        """Remove the pair of a generation, whole or not."""
        ...


@dataclass(frozen=True, slots=True)
class Generations:
    """Opens the folders of generations; implements `rag.indexing.GenerationStore`."""

    home: VectorHome

    def open(self, folder: Path) -> Generation:
        """Return a finished generation, for reading."""
        with ExitStack() as opened:
            stores = self.home.open(folder)
            for store in stores:
                opened.callback(store.close)
            snapshot = open_snapshot(folder / SNAPSHOT, *stores)
            catalog = Catalog(folder / CATALOG, read_only=True)
            opened.pop_all()
            return Generation(folder, catalog, snapshot, stores)

    def open_stored(self, folder: Path) -> UnfinishedGeneration:
        """Return catalog and vectors of a finished generation as they are stored, to look at them."""
        catalog = Catalog(folder / CATALOG, read_only=True)
        with ExitStack() as failed:
            failed.callback(catalog.close)
            questions, sections = self.home.open_stored(folder)
            failed.pop_all()
        return UnfinishedGeneration(folder, catalog, questions, sections, self.home.in_place)

    def create(self, folder: Path) -> UnfinishedGeneration:
        """Return an empty generation in a new folder."""
        folder.mkdir(parents=True)
        questions, sections = self.home.create(folder)
        catalog = Catalog(folder / CATALOG, create=True)
        return UnfinishedGeneration(folder, catalog, questions, sections, self.home.in_place)

    def copy(self, folder: Path, finished: Path) -> UnfinishedGeneration:
        """Return a copy of a finished generation in a new folder, without its searchable form."""
        folder.mkdir(parents=True)
        shutil.copy2(finished / CATALOG, folder)
        questions, sections = self.home.copy(folder, finished)
        catalog = Catalog(folder / CATALOG)
        return UnfinishedGeneration(folder, catalog, questions, sections, self.home.in_place)

    def remove(self, folder: Path) -> None:
        """Remove a generation, whole or not, with its vectors; where that fails its folder stays.

        Raises:
            IndexStateError: the vectors are on a server that cannot remove them.
            OSError: the folder cannot be removed.
        """
        self.home.remove(folder)
        shutil.rmtree(folder)


class VectorFolders:
    """Vectors in each generation's folder, in a Chroma of its own that only its writer opens.

    A store that another process wrote is opened in a child process first: a damaged one could end this one.
    """

    in_place: ClassVar[bool] = False
    _own: ClassVar[set[tuple[str, int]]] = set()
    """Path and inode of each store that this process wrote."""

    def open(self, folder: Path) -> tuple[VectorIndex, ...]:  # noqa: ARG002 as the protocol has it
        """Return nothing: readers search the arrays of the snapshot."""
        return ()

    def open_stored(self, folder: Path) -> VectorPair:
        """Return the pair in a finished generation's folder.

        Raises:
            IndexStateError: there is none, or it cannot be read.
        """
        if not self._is_own(folder):
            _probe(folder)
        return _open_pair(folder)

    def create(self, folder: Path) -> VectorPair:
        """Return an empty pair in the folder."""
        pair = _open_pair(folder)
        self._own.add(_identity(folder))
        return pair

    def copy(self, folder: Path, finished: Path) -> VectorPair:
        """Return a pair in the folder, copied as files.

        Raises:
            IndexStateError: there is none to copy, or it cannot be read.
        """
        is_own = self._is_own(finished)
        shutil.copytree(finished / CHROMA, folder / CHROMA)
        if not is_own:
            _probe(folder)
        return self.create(folder)

    def remove(self, folder: Path) -> None:
        """Leave it to whoever removes the folder."""

    def _is_own(self, folder: Path) -> bool:
        return _identity(folder) in self._own


def _open_pair(folder: Path) -> VectorPair:
    from rag.adapters.chroma import COLLECTIONS, ChromaVectorIndex  # noqa: PLC0415 readers need not wait 0.6 s for it

    questions, sections = (ChromaVectorIndex(folder / CHROMA, name) for name in COLLECTIONS)
    return questions, sections


def _probe(folder: Path) -> None:
    from rag.adapters.chroma_probe import probe_store  # noqa: PLC0415 as above

    probe_store(folder / CHROMA)


def _identity(folder: Path) -> tuple[str, int]:
    try:
        status = (folder / CHROMA).stat()
    except OSError as error:
        raise IndexStateError(
            f"the vector store {folder / CHROMA} cannot be used: {error.strerror}; run 'quicktakes index doctor'"
        ) from error
    return str(folder.resolve()), status.st_ino


@dataclass(frozen=True, slots=True)
class VectorServer:
    """Vectors on a Chroma server, each generation's in a pair of collections that nobody else writes or removes.

    Attributes:
        url, token: of the server; see `rag.adapters.chroma_server.ChromaServer`.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    in_place: ClassVar[bool] = True

    def open(self, folder: Path) -> VectorPair:
        """Return a finished generation's pair, for searching.

        Raises:
            IndexStateError: the server does not have it, or its vectors are kept elsewhere.
        """
        return self._pair(self._name(folder), create=False)

    def open_stored(self, folder: Path) -> VectorPair:
        """Return a finished generation's pair: readers search it as it is stored; raises as `open`."""
        return self.open(folder)

    def create(self, folder: Path) -> VectorPair:
        """Return an empty pair, made on the server."""
        corpus = re.sub(r"[^A-Za-z0-9]+", "-", folder.parent.name)[:_NAME_CHARACTERS]
        name = f"quicktakes-{corpus}-{secrets.token_hex(8)}"
        (folder / SERVER_PAIR).write_text(f"{self.url}\n{name}\n", encoding="utf-8")
        return self._pair(name, create=True)

    def copy(self, folder: Path, finished: Path) -> VectorPair:
        """Return a new pair that holds what a finished generation's does, whose readers are not disturbed."""
        with ExitStack() as opened:
            old = self.open(finished)
            opened.callback(old[0].close)  # a pair shares its connections
            new = self.create(folder)
            failed = opened.enter_context(ExitStack())
            failed.callback(new[0].close)
            for source, target in zip(old, new, strict=True):
                _copy_vectors(source, target)
            failed.pop_all()
        return new

    def remove(self, folder: Path) -> None:
        """Delete the pair that a generation's folder names; one that is kept elsewhere stays there."""
        try:
            name = self._name(folder)
        except IndexStateError:
            return
        from rag.adapters.chroma import COLLECTIONS  # noqa: PLC0415 only where there is a server
        from rag.adapters.chroma_server import ChromaServer  # noqa: PLC0415

        with closing(ChromaServer(self.url, self.token)) as server:
            for kind in COLLECTIONS:
                server.delete(f"{name}-{kind}")

    def _name(self, folder: Path) -> str:
        """Return the name of a generation's pair."""
        try:
            url, name = (folder / SERVER_PAIR).read_text(encoding="utf-8").split()
        except (OSError, ValueError) as error:
            raise IndexStateError(
                f"{folder} names no vectors on a server; run 'quicktakes index sync' to put them on {self.url}"
            ) from error
        if url != self.url:
            raise IndexStateError(
                f"the vectors of {folder} are on {url}; run 'quicktakes index sync' to put them on {self.url}"
            )
        return name

    def _pair(self, name: str, *, create: bool) -> VectorPair:
        from rag.adapters.chroma import COLLECTIONS, ChromaVectorIndex  # noqa: PLC0415 only where there is a server
        from rag.adapters.chroma_server import ChromaServer  # noqa: PLC0415

        with ExitStack() as opened:
            server = ChromaServer(self.url, self.token)
            opened.callback(server.close)
            questions, sections = (ChromaVectorIndex(server, f"{name}-{kind}", create=create) for kind in COLLECTIONS)
            opened.pop_all()
        return questions, sections


def _copy_vectors(source: VectorIndex, target: VectorIndex) -> None:
    ids = sorted(source.ids())
    for start in range(0, len(ids), _COPIED_ROWS):
        batch = ids[start : start + _COPIED_ROWS]
        target.add(batch, source.vectors(batch))
