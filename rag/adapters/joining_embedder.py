"""Questions that wait at the same moment, embedded together: a core then embeds half as many again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rag.joining import Joining
from rag.ports import Embedder, Vectors

MOST_JOINED: Final = 16
"""Of questions of 55 characters, each of sixteen takes 0.68 of the time that it takes alone, each of eight 0.71, each
of 32 no less (`make bench-service`); whoever waits longest waits for one batch only."""


class JoiningEmbedder:
    """Embeds what waits together, as long as all at work are busy; implements `rag.ports.Embedder`.

    Single texts alone wait for one another; several are embedded as they are handed over. To be used from many threads.

    Args:
        embedder: gives a text the same vector whatever it is embedded with.
        at_once: batches, as many as the machine has cores.
    """

    def __init__(self, embedder: Embedder, at_once: int) -> None:
        self._embedder = embedder
        self.fingerprint = embedder.fingerprint
        self.max_tokens = embedder.max_tokens
        self.batch_size = embedder.batch_size
        self.usd_per_million_tokens = embedder.usd_per_million_tokens
        self._joining = Joining(self._embed_each, at_once, MOST_JOINED, "embed questions")

    def count_tokens(self, text: str) -> int:
        """Return the length of a text in the model's tokens, marks included."""
        return self._embedder.count_tokens(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, as the embedder gives them."""
        if len(texts) != 1:
            return self._embedder.embed(texts)
        return self._joining.ask(texts[0]).result()[np.newaxis, :]

    def close(self) -> None:
        """End its threads, once nothing is to be embedded any more."""
        self._joining.close()

    def _embed_each(self, texts: Sequence[str]) -> list[Vectors]:
        return list(self._embedder.embed(texts))
