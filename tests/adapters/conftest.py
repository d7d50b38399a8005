"""The real embedder, made once: its model takes a while to load."""

from __future__ import annotations

import pytest

from rag.adapters.minilm import MiniLMEmbedder


@pytest.fixture(scope="session")
def minilm() -> MiniLMEmbedder:
    """Return the default embedder."""
    return MiniLMEmbedder()
