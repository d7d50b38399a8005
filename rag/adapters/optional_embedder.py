"""An embedder that may fail: then every text is equally far from every other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.errors import ProviderError
from rag.ports import Embedder, Vectors


class OptionalEmbedder:
    """Stands for an embedder where its vectors help and are not needed; implements `rag.ports.Embedder`.

    Args:
        embedder: is asked first, each time.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint = embedder.fingerprint
        self.max_tokens = embedder.max_tokens
        self.batch_size = embedder.batch_size
        self.usd_per_million_tokens = embedder.usd_per_million_tokens

    def count_tokens(self, text: str) -> int:
        """Return the length of a text in the model's tokens, marks included."""
        return self._embedder.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts; where the embedder fails, zeros of shape ``(len(texts), 1)``."""
        try:
            return self._embedder.embed(texts)
        except ProviderError:
            return np.zeros((len(texts), 1), dtype=np.float32)
