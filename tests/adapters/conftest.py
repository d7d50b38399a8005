"""The real embedder, made once: its model takes a while to load; and a server of embeddings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.adapters.minilm import MiniLMEmbedder
from rag.testing import EmbeddingsServer


@pytest.fixture(scope="session")
def minilm() -> MiniLMEmbedder:
    """Return the default embedder."""
    return MiniLMEmbedder()


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    """Give a server of embeddings on this machine; its tests are marked with ``allow_hosts``."""
    with EmbeddingsServer() as running:
        yield running
