"""A vector index in memory: exact, and forgotten with the process."""

from __future__ import annotations

from collections.abc import Collection, Sequence

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

    def can_search(self) -> bool:
        """Return True: memory is never damaged."""
        return True

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        cosines = self.cosines(vector, self._vectors)
        return sorted(cosines.items(), key=lambda pair: -pair[1])[:limit]

    def cosines(self, vector: Vectors, ids: Collection[str]) -> dict[str, float]:
        """Return the cosine to a vector of shape ``(dimensions,)`` of each id that is there."""
        return {found: float(self._vectors[found] @ vector) for found in ids if found in self._vectors}

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of ids, shape ``(len(ids), dimensions)``, in their order; raises `IndexStateError`."""
        if missing := set(ids) - self._vectors.keys():
            raise IndexStateError(f"the vector index lacks {len(missing)} passages")
        return np.array([self._vectors[each] for each in ids], dtype=np.float32)

    def close(self) -> None:
        """Release nothing."""
