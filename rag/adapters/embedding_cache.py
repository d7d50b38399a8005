"""Vectors by text and model, kept in SQLite, so that nothing is embedded twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.ports import Embedder, Vectors

_LOOKUP_SIZE = 500
"""SQLite's oldest limit on variables in one statement is 999."""


class EmbeddingCache:
    """Vectors that were computed before, shared by all indexes under one data folder.

    Args:
        file: the database; made if it does not exist.
    """

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, timeout=30)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")

    def embed(self, texts: Sequence[str], embedder: Embedder) -> tuple[Vectors, int]:
        """Return the vectors of texts, in their order, and how many of them had to be computed."""
        keys = [hashlib.sha256(f"{embedder.fingerprint}\0{text}".encode()).digest() for text in texts]
        known = self._look_up(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            computed = embedder.embed(list(missing.values()))
            rows = {key: vector.tobytes() for key, vector in zip(missing, computed, strict=True)}
            with self._database:
                self._database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows.items())
            known |= rows
        vectors = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float32)
        return vectors.reshape(len(texts), -1), len(missing)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _LOOKUP_SIZE):
            batch = keys[start : start + _LOOKUP_SIZE]
            marks = ",".join("?" * len(batch))
            found.update(self._database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", batch))
        return found
