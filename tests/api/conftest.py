"""Fixtures of the tests of the doors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromadb.api.client import SharedSystemClient
from made_service import ENTRIES, serving
from starlette.testclient import TestClient

from rag.settings import Settings
from rag.testing import entry_text


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Give settings with a corpus of three entries and no language model."""
    (tmp_path / "corpus").mkdir()
    for path, (question, answer) in ENTRIES.items():
        (tmp_path / "corpus" / path).write_text(entry_text(question, answer), encoding="utf-8")
    yield Settings(tmp_path / "corpus", tmp_path / "scratch", database_url=f"sqlite:///{tmp_path}/records.sqlite3")
    SharedSystemClient.clear_system_cache()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running application."""
    with serving(settings) as own:
        yield own
