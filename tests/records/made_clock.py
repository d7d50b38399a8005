"""A clock for the records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MadeClock:
    """A clock that a test turns on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time, which goes on by a second."""
        self.now += timedelta(seconds=1)
        return self.now
