"""What the product needs from the outside: short enough to be the architecture page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Float32, one row a text; rows have unit length."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def fingerprint(self) -> str:
        """Name and content hash of the model: equal fingerprints give equal vectors."""
        ...

    @property
    def max_tokens(self) -> int:
        """Longest text the model reads, in its own tokens."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the length of a text in the model's tokens, marks included."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, shape ``(len(texts), dimensions)``, in their order."""
        ...


class VectorIndex(Protocol):
    """Finds the nearest of many vectors by cosine."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under ids that are not there yet."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Return how many vectors there are."""
        ...

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        ...
