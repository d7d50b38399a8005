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

        A kept vector that is damaged (not finite, not of unit length) is computed anew.

        Raises:
            ConfigurationError: the database cannot be made or written, or the embedder's vectors have changed length.
            ProviderError: the embedder failed; what it gave before is kept.
        """
        if not texts:
            return embedder.embed([]), 0
        keys = _keys(texts, embedder)
        try:
            known = self._look_up(keys)
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            pairs = list(missing.items())
            for start in range(0, len(pairs), embedder.batch_size):
                computed = self._compute(dict(pairs[start : start + embedder.batch_size]), embedder)
                self._check_dimensions(known, computed, embedder)
                self._keep(computed)
                known |= computed
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        vectors = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float32)
        return vectors.reshape(len(texts), -1), len(missing)

    def missing(self, texts: Sequence[str], embedder: Embedder) -> list[str]:
        """Return the distinct texts whose vectors would have to be computed, in their order.

        Raises:
            ConfigurationError: the database cannot be made or written.
        """
        by_key = dict(zip(_keys(texts, embedder), texts, strict=True))
        try:
            known = self._look_up(list(by_key))
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return [text for key, text in by_key.items() if key not in known]

    def forget(self, texts: Sequence[str], embedder: Embedder) -> None:
        """Drop the vectors of texts, so that they are computed anew; raises `ConfigurationError` as `embed`."""
        try:
            with self._database() as database:
                keys = [(key,) for key in _keys(texts, embedder)]
                database.executemany("DELETE FROM vectors WHERE key = ?", keys)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def keep(self, texts: Sequence[str], vectors: Vectors, embedder: Embedder) -> None:
        """Remember vectors of this embedder that were computed elsewhere, one row a text.

        Raises:
            ConfigurationError: the database cannot be made or written.
        """
        try:
            self._keep({key: row.tobytes() for key, row in zip(_keys(texts, embedder), vectors, strict=True)})
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Close the database, if it was opened."""
        if self._open_database is not None:
            self._open_database.close()

    def _look_up(self, keys: Sequence[str]) -> dict[str, bytes]:
        query = "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))"
        rows = self._database().execute(query, (json.dumps(keys),))
        return {key: vector for key, vector in rows if _is_whole(vector)}

    @staticmethod
    def _compute(texts: dict[str, str], embedder: Embedder) -> dict[str, bytes]:
        computed = embedder.embed(list(texts.values()))
        return {key: vector.tobytes() for key, vector in zip(texts, computed, strict=True)}

    def _keep(self, rows: dict[str, bytes]) -> None:
        with self._database() as database:
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows.items())

    def _check_dimensions(self, known: dict[str, bytes], computed: dict[str, bytes], embedder: Embedder) -> None:
        """Refuse vectors of another length than those kept before: joined, they would be read as garbage."""
        lengths = {len(vector) // 4 for vector in (*known.values(), *computed.values())}
        if len(lengths) > 1:
            found = " and ".join(map(str, sorted(lengths)))
            raise ConfigurationError(
                f"embedder {embedder.fingerprint} gave vectors of {found} dimensions: another model answers under its "
                f"name now; bring the former one back, or delete {self._file} and the indexes beside it"
            )

    def _unusable(self, error: sqlite3.Error) -> ConfigurationError:
        return ConfigurationError(
            f"cannot use the embedding cache {self._file} ({error}); delete it, or name another --data-dir"
        )

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


def _is_whole(blob: bytes) -> bool:
    """Return whether what was kept is a vector of unit length."""
    if len(blob) % np.dtype(np.float32).itemsize:
        return False
    return bool(abs(np.linalg.norm(np.frombuffer(blob, dtype=np.float32)) - 1) <= UNIT_TOLERANCE)


def _keys(texts: Sequence[str], embedder: Embedder) -> list[str]:
    return [hashlib.sha256(f"{embedder.fingerprint}\0{text}".encode()).hexdigest() for text in texts]


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=30)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
    return database
