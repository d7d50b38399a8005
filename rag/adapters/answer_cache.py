"""Answers that a language model wrote, kept in SQLite, so that none is paid for twice."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from rag.adapters.strict_json import from_json, to_json
from rag.models import KeptAnswer

MOST_BYTES: Final = 64_000_000
"""Of all answers together: 2,000 of 200 words take 10 MB, but there may be longer ones, and more may be asked for."""

_BUSY_S: Final = 0.2
"""Another process writes a row or two: it takes milliseconds. Whoever waits longer asks the model instead."""

_UNUSABLE: Final = (sqlite3.Error, OSError, ValueError)

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT NOT NULL UNIQUE,   -- a hash; see rag.answering.keeping
    used INTEGER NOT NULL,      -- the greatest was used last
    size INTEGER NOT NULL,      -- of the answer in bytes
    digest TEXT NOT NULL,       -- of key and answer: a file that lost a bit must not change what an answer says
    answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used, size);
"""

_TOUCH: Final = """
UPDATE answers SET used = (SELECT max(used) + 1 FROM answers)
WHERE key = ? AND used < (SELECT max(used) FROM answers)
"""

_INSERT: Final = """
INSERT OR REPLACE INTO answers VALUES (?, (SELECT ifnull(max(used), 0) + 1 FROM answers), ?, ?, ?)
"""

_OUT_OF_BOUNDS: Final = """
SELECT used FROM (
    SELECT used, row_number() OVER newest AS place, sum(size) OVER newest AS bytes FROM answers
    WINDOW newest AS (ORDER BY used DESC)
) WHERE place > ? OR bytes > ? ORDER BY used DESC LIMIT 1
"""


class AnswerCache:
    """Answers by key, in a file that processes share; implements `rag.ports.AnswerCache`.

    Where the file cannot be used, damaged, locked or on a full or read-only disk, there is nothing kept and nothing to
    keep: an answer is then written as if there were no cache. It may be used from several threads.

    Args:
        file: the database; it is made when the first answer is kept.
        most_answers, most_bytes: of all that is kept; those used longest ago give way.
    """

    def __init__(self, file: Path, most_answers: int, most_bytes: int = MOST_BYTES) -> None:
        self._file = file
        self._most_answers = most_answers
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    def get(self, key: str) -> KeptAnswer | None:
        """Return the answer that is kept under a key, which counts as a use of it; None where none can be read."""
        kept: KeptAnswer | None = None
        with suppress(*_UNUSABLE), self._database("rw") as database:
            row = database.execute("SELECT digest, answer FROM answers WHERE key = ?", (key,)).fetchone()
            if row is not None and row[0] == _digest(key, row[1]):
                kept = from_json(row[1], KeptAnswer)
                database.execute(_TOUCH, (key,))
        return kept

    def keep(self, key: str, answer: KeptAnswer) -> None:
        """Keep an answer under a key, in place of what is there; those used longest ago give way to it."""
        told = to_json(answer)
        if len(told) > self._most_bytes:
            return
        with suppress(*_UNUSABLE):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._database("rwc") as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.executescript(_TABLE)
                database.execute("BEGIN IMMEDIATE")
                database.execute(_INSERT, (key, len(told), _digest(key, told), told))
                oldest = database.execute(_OUT_OF_BOUNDS, (self._most_answers, self._most_bytes)).fetchone()
                if oldest is not None:
                    database.execute("DELETE FROM answers WHERE used <= ?", oldest)
                database.execute("COMMIT")

    def close(self) -> None:
        """Close the file, if it was opened; it is opened again where it is needed again."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def _database(self, mode: str) -> Generator[sqlite3.Connection]:
        """Give the open file to one thread; after an error it is opened anew, so that nothing half done is left."""
        with self._lock:
            try:
                if self._open is None:
                    address = f"{self._file.absolute().as_uri()}?mode={mode}"
                    self._open = sqlite3.connect(
                        address, timeout=_BUSY_S, uri=True, isolation_level=None, check_same_thread=False
                    )
                    self._open.execute("PRAGMA synchronous=NORMAL")
                yield self._open
            except BaseException:
                self.close()
                raise


def _digest(key: str, told: str) -> str:
    return hashlib.sha256(f"{key}\0{told}".encode()).hexdigest()
