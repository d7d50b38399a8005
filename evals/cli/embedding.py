"""Vectors for the metrics that compare sentences, each text embedded once and kept with the product's own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager

from evals.running import TextEmbedder
from rag.adapters.embedding_cache import EmbeddingCache
from rag.ports import Vectors
from rag.settings import Settings
from rag.wiring import embedder_fingerprint, load_embedder


@contextmanager
def open_text_embedder(settings: Settings) -> Generator[TextEmbedder]:
    """Give the settings' embedder, through the cache of their data folder."""
    embedder = load_embedder(settings)
    with closing(EmbeddingCache(settings.data_dir / "embeddings.sqlite3")) as cache:

        def embed(texts: Sequence[str]) -> Vectors:
            return cache.embed(texts, embedder)[0]

        yield TextEmbedder(embedder_fingerprint(settings), embed)
