"""Vectors by text and model, kept in SQLite, so that nothing is embedded twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.errors import ConfigurationError
from rag.ports import Embedder, Vectors


class EmbeddingCache:
    """Vectors that were computed before, shared by all indexes under one data folder.

    The database is opened, and made, when it is first needed. A damaged one is put aside and begun anew.

    Args:
        file: the database.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._open_database: sqlite3.Connection | None = None

    def embed(self, texts: Sequence[str], embedder: Embedder) -> tuple[Vectors, int]:
        """Return the vectors of texts, in their order, and how many of them had to be computed.

        Raises:
            ConfigurationError: the database cannot be made or written.
        """
        if not texts:
            return embedder.embed([]), 0
        keys = [hashlib.sha256(f"{embedder.fingerprint}\0{text}".encode()).hexdigest() for text in texts]
        try:
            known = self._look_up(keys)
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if missing:
                known |= self._compute(missing, embedder)
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"cannot use the embedding cache {self._file} ({error}); delete it, or name another --data-dir"
            ) from error
        vectors = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float32)
        return vectors.reshape(len(texts), -1), len(missing)

    def close(self) -> None:
        """Close the database, if it was opened."""
        if self._open_database is not None:
            self._open_database.close()

    def _look_up(self, keys: Sequence[str]) -> dict[str, bytes]:
        query = "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._database().execute(query, (json.dumps(keys),)))

    def _compute(self, texts: dict[str, str], embedder: Embedder) -> dict[str, bytes]:
        computed = embedder.embed(list(texts.values()))
        rows = {key: vector.tobytes() for key, vector in zip(texts, computed, strict=True)}
        with self._database() as database:
            database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows.items())
        return rows

    def _database(self) -> sqlite3.Connection:
        if self._open_database is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._open_database = _open(self._file)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._file.replace(self._file.with_suffix(".damaged"))
                self._open_database = _open(self._file)
        return self._open_database


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=30)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
    return database
