"""A reranker with no model: a text is as relevant as the words it shares with the question."""

from __future__ import annotations

from collections.abc import Sequence

from rag.testing.embedder import HashEmbedder


class HashReranker:
    """The cosine of question and text as `HashEmbedder` has them; implements `rag.ports.Reranker`."""

    def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the relevance of each text, from 0 to 1."""
        vectors = HashEmbedder().embed([question, *texts])
        return [float(vector @ vectors[0]) for vector in vectors[1:]]
