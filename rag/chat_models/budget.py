"""What may be spent on chat models in a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rag.errors import SpendingLimitError
from rag.models import Usage

_BUSY_S: Final = 1.0
"""Another process writes one row: it takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent in a day; `usd` counts the replies whose price is known."""

    tokens: int
    usd: float


class DailyBudget:
    """Counts tokens and dollars by day, UTC, in a file that processes share; above a ceiling nothing more may begin.

    A reply is counted when it has ended, so that those under way together may end above it. Where the file cannot be
    used nothing more is spent: a budget that nobody counts is none.

    Args:
        file: the database; it is made where it is missing.
        most_tokens, most_usd: ceilings of a day; None for none.
        now: gives the time.
    """

    def __init__(
        self,
        file: Path,
        most_tokens: int | None = None,
        most_usd: float | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._file = file
        self._most_tokens = most_tokens
        self._most_usd = most_usd
        self._now = now
        self._uncounted: list[tuple[str, int, float]] = []

    def check(self) -> None:
        """Say whether more may be spent today.

        Raises:
            SpendingLimitError: it may not, or the file that counts cannot be used.
        """
        spent = self.spent()
        if self._most_tokens is not None and spent.tokens >= self._most_tokens:
            raise _spent(f"{self._most_tokens:,} tokens", f"{spent.tokens:,}")
        if self._most_usd is not None and spent.usd >= self._most_usd:
            raise _spent(f"{self._most_usd:.2f} USD", f"{spent.usd:.2f}")

    def spent(self) -> Spending:
        """Return what was spent today.

        Raises:
            SpendingLimitError: the file that counts cannot be used.
        """
        try:
            with self._database() as database:
                self._count(database)
                row = database.execute("SELECT tokens, usd FROM days WHERE day = ?", (self._day(),)).fetchone()
        except (sqlite3.Error, OSError) as error:
            raise SpendingLimitError(
                f"cannot tell what was spent today ({error}), so nothing more is; mend or delete {self._file}"
            ) from error
        return Spending(*row) if row else Spending(0, 0.0)

    def add(self, usage: Usage, cost_usd: float | None) -> None:
        """Count a reply; where the file cannot be used now, it is counted before the next check."""
        self._uncounted.append((self._day(), usage.prompt_tokens + usage.completion_tokens, cost_usd or 0.0))
        try:
            with self._database() as database:
                self._count(database)
        except (sqlite3.Error, OSError):
            return  # a reply that was paid for is not thrown away for it; the next check tells

    def _count(self, database: sqlite3.Connection) -> None:
        """Write what is not counted yet; it is forgotten once it is on disk."""
        rows, self._uncounted = self._uncounted, []
        try:
            with database:
                database.executemany(
                    "INSERT INTO days VALUES (?, ?, ?) "
                    "ON CONFLICT (day) DO UPDATE SET tokens = tokens + excluded.tokens, usd = usd + excluded.usd",
                    rows,
                )
        except sqlite3.Error:
            self._uncounted += rows
            raise

    @contextmanager
    def _database(self) -> Generator[sqlite3.Connection]:
        """Open the file for one use: it may be used from several threads, and after a fork."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._file, timeout=_BUSY_S)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL, usd REAL NOT NULL)"
            )
            yield database
        finally:
            database.close()

    def _day(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()


def _spent(ceiling: str, spent: str) -> SpendingLimitError:
    return SpendingLimitError(
        f"today's budget of {ceiling} is spent ({spent} since midnight UTC); raise it, or wait for the next day"
    )
