"""A vector index in memory: exact, and forgotten with the process."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.errors import IndexStateError
from rag.ports import Vectors


class MemoryVectorIndex:
    """Vectors in a dictionary; implements `rag.ports.VectorIndex`."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, shape ``(len(ids), dimensions)``, under ids that are not there yet."""
        self._vectors.update(zip(ids, vectors, strict=True))

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        for vector_id in ids:
            self._vectors.pop(vector_id, None)

    def count(self) -> int:
        """Return how many vectors there are."""
        return len(self._vectors)

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        return set(self._vectors)

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        cosines = {found: float(own @ vector) for found, own in self._vectors.items()}
        return sorted(cosines.items(), key=lambda pair: -pair[1])[:limit]

    def cosines(self, vector: Vectors, ids: Sequence[str]) -> Vectors:
        """Return the cosine of a vector of shape ``(dimensions,)`` to each of some ids; raises `IndexStateError`."""
        return self.vectors(ids) @ vector if len(ids) else np.empty(0, dtype=np.float32)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of ids, shape ``(len(ids), dimensions)``, in their order; raises `IndexStateError`."""
        if missing := set(ids) - self._vectors.keys():
            raise IndexStateError(f"the vector index lacks {len(missing)} passages")
        return np.array([self._vectors[each] for each in ids], dtype=np.float32)

    def close(self) -> None:
        """Release nothing."""
