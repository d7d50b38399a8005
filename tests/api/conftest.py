"""The application over a small corpus, without a model, called in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from chromadb.api.client import SharedSystemClient
from starlette.testclient import TestClient

from api import create_app
from rag.settings import Settings
from rag.testing import HashEmbedder, entry_text

ENTRIES = {
    "leaves.md": ("Why do leaves look green?", "Leaves look green because chlorophyll reflects green light."),
    "kidneys.md": ("How do kidneys filter blood?", "Kidneys filter blood in nephrons. Each one has a fine sieve."),
    "ribosomes.md": ("What do ribosomes build?", "Ribosomes join amino acids into long chains."),
}
LEAVES = "/learn/biology/questions/why-do-leaves-look-green"


@dataclass(frozen=True, slots=True)
class Event:
    """One Server-Sent Event."""

    name: str
    id: str
    content: Any


def read_events(text: str) -> list[Event]:
    """Return the events in a stream's text."""
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
    return [Event(own["event"], own["id"], json.loads(own["data"])) for own in fields]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Give settings with a corpus of three entries and no language model."""
    (tmp_path / "corpus").mkdir()
    for path, (question, answer) in ENTRIES.items():
        (tmp_path / "corpus" / path).write_text(entry_text(question, answer), encoding="utf-8")
    yield Settings(tmp_path / "corpus", tmp_path / "scratch")
    SharedSystemClient.clear_system_cache()


@contextmanager
def serving(settings: Settings, **changes: Any) -> Iterator[TestClient]:
    """Give a client of the running application; what it raises is answered as a user would see it."""
    app = create_app(replace(settings, **changes), HashEmbedder())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Give a client of the running application."""
    with serving(settings) as own:
        yield own
