"""An embedder with no model: texts that share words are near."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.passages import terms_of
from rag.ports import Vectors

_DIMENSIONS = 256


class HashEmbedder:
    """Hashed bags of stems, of unit length; implements `rag.ports.Embedder`.

    Attributes:
        embedded: every text it was asked for, in order.
    """

    fingerprint = "hash-embedder:1"
    max_tokens = 256
    batch_size = 1_024
    usd_per_million_tokens: float | None = 0.0

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, text: str) -> int:
        """Return the number of words, and two for the marks a model would add."""
        return len(text.split()) + 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, shape ``(len(texts), 256)``, in their order."""
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), _DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms_of(text) or ["\0"]:
                vectors[row, int(hashlib.sha256(term.encode()).hexdigest(), 16) % _DIMENSIONS] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
