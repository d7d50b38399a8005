"""Fixtures of the tests of answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_corpus import BIOLOGY, answerer_over, write_entries

from rag.adapters.minilm import MiniLMEmbedder
from rag.answering import Answerer
from rag.testing import HashEmbedder

Answering = Callable[[dict[str, str]], Answerer]


@pytest.fixture
def answering(tmp_path: Path) -> Answering:
    """Return a function that makes an answerer over ``{question: answer}``, without a model."""
    return lambda entries: answerer_over(write_entries(tmp_path / "corpus", entries), tmp_path, HashEmbedder())


@pytest.fixture(scope="session")
def minilm() -> MiniLMEmbedder:
    """Return the default embedder, loaded once."""
    return MiniLMEmbedder()


@pytest.fixture(scope="session")
def biology(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLMEmbedder) -> Answerer:
    """Return an answerer with the default embedder over a few entries of our own."""
    folder = tmp_path_factory.mktemp("biology")
    return answerer_over(write_entries(folder / "corpus", BIOLOGY), folder, minilm)
