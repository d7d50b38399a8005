"""Chroma, embedded in this process, as a `rag.ports.VectorIndex`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, cast

import chromadb
import numpy as np
from chromadb.api.types import Embeddings
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from rag.errors import IndexStateError
from rag.ports import Vectors

_BATCH_SIZE: Final = 5_000
"""Chroma refuses more than 5,461 rows in one call."""

_SEARCH_BREADTH: Final = 400
"""Candidates the approximate search keeps (HNSW's ef): with the default of 100 it missed near-tied neighbours."""


class ChromaVectorIndex:
    """One collection of unit vectors, compared by cosine; implements the port `rag.ports.VectorIndex`.

    Args:
        folder: Chroma's own; made if it does not exist. One process at a time may write to it.
        name: of the collection.

    Raises:
        IndexStateError: Chroma cannot open the folder.
    """

    def __init__(self, folder: Path, name: str) -> None:
        try:
            client = chromadb.PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))
            # Vectors are always passed in: with Chroma's default function it would try to download a model.
            self._collection = client.get_or_create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": _SEARCH_BREADTH}},
            )
        except ChromaError as error:
            raise IndexStateError(f"cannot open the vector store in {folder}: {error}; delete that folder") from error

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, shape ``(len(ids), dimensions)``, under ids that are not there yet."""
        for start in range(0, len(ids), _BATCH_SIZE):
            stop = start + _BATCH_SIZE
            self._collection.add(list(ids[start:stop]), embeddings=cast("Embeddings", vectors[start:stop]))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        for start in range(0, len(ids), _BATCH_SIZE):
            self._collection.delete(list(ids[start : start + _BATCH_SIZE]))

    def count(self) -> int:
        """Return how many vectors there are."""
        return self._collection.count()

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        limit = min(limit, self.count())
        if limit == 0:
            return []
        found = self._collection.query(cast("Embeddings", vector[None, :]), n_results=limit, include=["distances"])
        distances = found["distances"] or [[]]
        return [(found_id, 1.0 - distance) for found_id, distance in zip(found["ids"][0], distances[0], strict=True)]

    def cosines(self, vector: Vectors, ids: Collection[str]) -> dict[str, float]:
        """Return the cosine to a vector of shape ``(dimensions,)`` of each id that is there."""
        found = self._collection.get(list(ids), include=["embeddings"])
        if not found["ids"]:
            return {}
        cosines = np.asarray(found["embeddings"], dtype=np.float32) @ vector
        return {found_id: float(cosine) for found_id, cosine in zip(found["ids"], cosines, strict=True)}
