"""A bulk embedder with no workers."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

from rag.errors import ProviderUnavailableError
from rag.ports import Embedder, Vectors


class InlineBulkEmbedder:
    """Embeds in this process, in batches of three, the last first; implements `rag.ports.BulkEmbedder`.

    Attributes:
        embedder: what embeds, and records what it embedded.
        fails_after: how many batches to yield before failing; None for never.
        closed: how often a call was ended.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.fails_after: int | None = None
        self.closed = 0

    def embed(self, texts: Iterable[str]) -> Generator[tuple[list[str], Vectors]]:
        """Yield batches of texts with their vectors.

        Raises:
            ProviderUnavailableError: as `fails_after` says.
        """
        every = list(texts)
        try:
            for number, start in enumerate(reversed(range(0, len(every), 3))):
                if number == self.fails_after:
                    raise ProviderUnavailableError("the workers are gone")
                yield self._batch(every[start : start + 3])
        finally:
            self.closed += 1

    def _batch(self, texts: Sequence[str]) -> tuple[list[str], Vectors]:
        return list(texts), self.embedder.embed(texts)
