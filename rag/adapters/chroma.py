"""Chroma, embedded in this process or on a server, as a `rag.ports.VectorIndex`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.api.types import Embeddings
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, InternalError

from rag.adapters.chroma_server import ChromaServer
from rag.errors import IndexStateError
from rag.ports import Vectors

COLLECTIONS: Final = ("questions", "sections")
"""Of each store: the vectors of the entries' questions, and those of the sections of their answers."""

_BATCH_SIZE: Final = 5_000
"""Chroma refuses more than 5,461 rows in one call."""

_SEARCH_BREADTH: Final = 400
"""Candidates the approximate search keeps (HNSW's ef): with the default of 100 it missed near-tied neighbours."""

_CONFIGURATION: Final[CreateCollectionConfiguration] = {"hnsw": {"space": "cosine", "ef_search": _SEARCH_BREADTH}}


class ChromaFolder:
    """Chroma in this process, over a folder of its own; one process at a time may write to it.

    Args:
        folder: made if it does not exist.

    Raises:
        IndexStateError: Chroma cannot open the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        with self.translated():
            self._client = _open_client(folder)

    def collection(self, name: str, configuration: CreateCollectionConfiguration | None) -> Collection:
        """Return a collection, made with the configuration if there is one."""
        # Vectors are always passed in: with Chroma's default function it would try to download a model.
        if configuration is None:
            return self._client.get_collection(name, embedding_function=None)
        return self._client.get_or_create_collection(name, embedding_function=None, configuration=configuration)

    def close(self) -> None:
        """Release the store's files, once all collections of the folder are closed."""
        cast("Client", self._client).close()

    @contextmanager
    def translated(self) -> Generator[None]:
        """Translate Chroma's exceptions in a block."""
        try:
            yield
        except ChromaError as error:
            raise IndexStateError(
                f"the vector store in {self.place} cannot be used ({error}); "
                "run 'quicktakes index sync' to build it anew"
            ) from error


def _open_client(folder: Path) -> ClientAPI:
    try:
        return chromadb.PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))
    except (ChromaError, ValueError, AttributeError) as error:
        # The last two are what Chroma raises for a folder that is no database, and again, otherwise, for the half-made
        # client that it keeps of it; only forgetting all clients forgets that one.
        SharedSystemClient.clear_system_cache()
        raise InternalError(str(error)) from error


class ChromaVectorIndex:
    """One collection of unit vectors, compared by cosine; implements the port `rag.ports.VectorIndex`.

    Args:
        home: a folder for Chroma embedded in this process (see `ChromaFolder`), or a server.
        name: of the collection.
        create: make the collection if it is not there.

    Raises:
        IndexStateError: Chroma cannot open the folder, or the collection is not there.
        IndexUnavailableError: the server cannot be reached.
        ConfigurationError: no Chroma server answers there, or it refuses the token.
    """

    def __init__(self, home: Path | ChromaServer, name: str, *, create: bool = True) -> None:
        self._home = ChromaFolder(home) if isinstance(home, Path) else home
        with self._home.translated():
            self._collection = self._home.collection(name, _CONFIGURATION if create else None)

    def close(self) -> None:
        """Release the files or connections, of all collections of its home."""
        self._home.close()

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, shape ``(len(ids), dimensions)``, under ids that are not there yet."""
        with self._home.translated():
            for start in range(0, len(ids), _BATCH_SIZE):
                stop = start + _BATCH_SIZE
                self._collection.add(list(ids[start:stop]), embeddings=cast("Embeddings", vectors[start:stop]))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._home.translated():
            for start in range(0, len(ids), _BATCH_SIZE):
                self._collection.delete(list(ids[start : start + _BATCH_SIZE]))

    def count(self) -> int:
        """Return how many vectors there are."""
        with self._home.translated():
            return self._collection.count()

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        with self._home.translated():
            return set(self._collection.get(include=[])["ids"])

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        return self._nearest(vector, limit, None) if limit > 0 else []

    def cosines(self, vector: Vectors, ids: Sequence[str]) -> Vectors:
        """Return the cosine of a vector of shape ``(dimensions,)`` to the vectors of ids, in their order.

        Raises:
            IndexStateError: one of them is not there.
        """
        distinct = list(dict.fromkeys(ids))
        found: dict[str, float] = {}
        for start in range(0, len(distinct), _BATCH_SIZE):
            batch = distinct[start : start + _BATCH_SIZE]
            found |= self._nearest(vector, len(batch), batch)
        # Chroma compares by walking a graph of neighbours, and a vector in a hundred may be out of its reach.
        missed = [each for each in distinct if each not in found]
        if missed:
            found |= zip(missed, map(float, self.vectors(missed) @ vector), strict=True)
        return np.array([found[each] for each in ids], dtype=np.float32)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of ids, shape ``(len(ids), dimensions)``, in their order.

        Raises:
            IndexStateError: one of them is not there.
        """
        rows: dict[str, Vectors] = {}
        distinct = list(dict.fromkeys(ids))
        for start in range(0, len(distinct), _BATCH_SIZE):
            with self._home.translated():
                found = self._collection.get(distinct[start : start + _BATCH_SIZE], include=["embeddings"])
            rows |= zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True)
        if missing := set(ids) - rows.keys():
            raise IndexStateError(
                f"the vector store in {self._home.place} lacks {len(missing)} passages; run 'quicktakes index sync'"
            )
        return np.array([rows[each] for each in ids], dtype=np.float32)

    def _nearest(self, vector: Vectors, limit: int, among: list[str] | None) -> list[tuple[str, float]]:
        with self._home.translated():
            found = self._collection.query(
                cast("Embeddings", vector[np.newaxis, :]), ids=among, n_results=limit, include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [(found_id, 1.0 - distance) for found_id, distance in zip(found["ids"][0], distances[0], strict=True)]
