"""A clock that a test turns on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MadeClock:
    """The time, which a test may set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time, which goes on by a second."""
        self.now += timedelta(seconds=1)
        return self.now
