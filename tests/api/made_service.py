"""The application over a small corpus, without a model, called in this process; and its streams, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from starlette.testclient import TestClient

from api import create_app
from rag.settings import Settings
from rag.testing import HashEmbedder

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


@contextmanager
def serving(settings: Settings, **changes: Any) -> Iterator[TestClient]:
    """Give a client of the running application; what it raises is answered as a user would see it."""
    app = create_app(replace(settings, **changes), HashEmbedder())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
