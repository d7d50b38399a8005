"""The real tokenizer, and the publisher's own entries where they are present."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.adapters.minilm import MiniLMEmbedder
from rag.corpus import Entry, load_corpus

REAL_ENTRIES = Path(__file__).resolve().parents[2] / "../shared/quicktakes/content"


@pytest.fixture(scope="session")
def count_tokens() -> Callable[[str], int]:
    """Return how the default embedder counts tokens."""
    return MiniLMEmbedder().count_tokens


@pytest.fixture(scope="session")
def real_entries() -> list[Entry]:
    """Return the publisher's own entries."""
    if not REAL_ENTRIES.is_dir():
        pytest.skip("the publisher's own entries are not beside this repository")
    return list(load_corpus(REAL_ENTRIES).entries.values())
