"""Vectors by text and model, kept in SQLite, so that nothing is embedded twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.errors import ConfigurationError
from rag.ports import UNIT_TOLERANCE, Embedder, Vectors


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

        A kept vector that is damaged (of another size, not finite, not of unit length) is computed anew.

        Raises:
            ConfigurationError: the database cannot be made or written.
        """
        if not texts:
            return embedder.embed([]), 0
        keys = [_key(text, embedder) for text in texts]
        dimensions = embedder.embed([]).shape[1]
        try:
            known = {key: vector for key, vector in self._look_up(keys).items() if _is_whole(vector, dimensions)}
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if missing:
                known |= self._compute(missing, embedder)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        vectors = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float32)
        return vectors.reshape(len(texts), -1), len(missing)

    def forget(self, texts: Sequence[str], embedder: Embedder) -> None:
        """Drop the vectors of texts, so that they are computed anew; raises `ConfigurationError` as `embed`."""
        try:
            with self._database() as database:
                keys = [(_key(text, embedder),) for text in texts]
                database.executemany("DELETE FROM vectors WHERE key = ?", keys)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

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
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows.items())
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

    def _unusable(self, error: sqlite3.Error) -> ConfigurationError:
        return ConfigurationError(
            f"cannot use the embedding cache {self._file} ({error}); delete it, or name another --data-dir"
        )


def _key(text: str, embedder: Embedder) -> str:
    return hashlib.sha256(f"{embedder.fingerprint}\0{text}".encode()).hexdigest()


def _is_whole(blob: bytes, dimensions: int) -> bool:
    if len(blob) != dimensions * np.dtype(np.float32).itemsize:
        return False
    return bool(abs(np.linalg.norm(np.frombuffer(blob, dtype=np.float32)) - 1) <= UNIT_TOLERANCE)


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=30)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
    return database
