"""Fixtures of the tests of the harness: a corpus of four entries, searched without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromadb.api.client import SharedSystemClient
from small_runs import small_settings

from rag.settings import Settings
from rag.testing import HashEmbedder


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Give settings for the four entries, whose vectors are hashes."""
    monkeypatch.setattr("rag.wiring.opening.load_embedder", lambda _settings: HashEmbedder())
    yield small_settings(tmp_path)
    SharedSystemClient.clear_system_cache()
