"""Retrievers over the small corpus, with the double and with the real embedder."""

from __future__ import annotations

import pytest
from small_corpus import ENTRIES, build_retriever

from rag.adapters.minilm import MiniLMEmbedder
from rag.retrieval import Retriever
from rag.testing import HashEmbedder


@pytest.fixture(scope="session", params=["hash", "minilm"])
def retriever(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Return a retriever with each embedder."""
    embedder = HashEmbedder() if request.param == "hash" else MiniLMEmbedder()
    return build_retriever(tmp_path_factory.mktemp("small"), ENTRIES.values(), embedder)
