"""Chroma, embedded in this process, as a `rag.ports.VectorIndex`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.api.types import Embeddings
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, InternalError

from rag.errors import IndexStateError
from rag.ports import Vectors

COLLECTIONS: Final = ("questions", "sections")
"""Of each store: the vectors of the entries' questions, and those of the sections of their answers."""

_BATCH_SIZE: Final = 5_000
"""Chroma refuses more than 5,461 rows in one call."""

_SEARCH_BREADTH: Final = 400
"""Candidates the approximate search keeps (HNSW's ef): with the default of 100 it missed near-tied neighbours."""


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
        folder: Chroma's own; made if it does not exist. One process at a time may write to it.
        name: of the collection.

    Raises:
        IndexStateError: Chroma cannot open the folder.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        with self._translated():
            self._client = _open_client(folder)
            # Vectors are always passed in: with Chroma's default function it would try to download a model.
            self._collection = self._client.get_or_create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": _SEARCH_BREADTH}},
            )

    def close(self) -> None:
        """Release the store's files, once all collections of the folder are closed."""
        cast("Client", self._client).close()

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, shape ``(len(ids), dimensions)``, under ids that are not there yet."""
        with self._translated():
            for start in range(0, len(ids), _BATCH_SIZE):
                stop = start + _BATCH_SIZE
                self._collection.add(list(ids[start:stop]), embeddings=cast("Embeddings", vectors[start:stop]))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._translated():
            for start in range(0, len(ids), _BATCH_SIZE):
                self._collection.delete(list(ids[start : start + _BATCH_SIZE]))

    def count(self) -> int:
        """Return how many vectors there are."""
        with self._translated():
            return self._collection.count()

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        with self._translated():
            return set(self._collection.get(include=[])["ids"])

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        if limit < 1:
            return []
        with self._translated():
            found = self._collection.query(
                cast("Embeddings", vector[np.newaxis, :]), n_results=limit, include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [(found_id, 1.0 - distance) for found_id, distance in zip(found["ids"][0], distances[0], strict=True)]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of ids, shape ``(len(ids), dimensions)``, in their order.

        Raises:
            IndexStateError: one of them is not there.
        """
        rows: dict[str, Vectors] = {}
        distinct = list(dict.fromkeys(ids))
        for start in range(0, len(distinct), _BATCH_SIZE):
            with self._translated():
                found = self._collection.get(distinct[start : start + _BATCH_SIZE], include=["embeddings"])
            rows |= zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True)
        if missing := set(ids) - rows.keys():
            raise IndexStateError(
                f"the vector store in {self._folder} lacks {len(missing)} passages; run 'quicktakes index sync'"
            )
        return np.array([rows[each] for each in ids], dtype=np.float32)

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except ChromaError as error:
            raise IndexStateError(
                f"the vector store in {self._folder} cannot be used ({error}); "
                "run 'quicktakes index sync' to build it anew"
            ) from error
