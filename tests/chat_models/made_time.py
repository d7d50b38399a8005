"""Time that passes only when it is told to, and what reads a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from rag.errors import ProviderError
from rag.models import ReplyPart
from rag.ports import ChatModel


class Read(Protocol):
    """Reads a reply: its parts, and the error that it ended with."""

    def __call__(
        self, model: ChatModel, is_shown: Callable[[], bool] = ...
    ) -> tuple[list[ReplyPart], ProviderError | None]:
        """Return both."""
        ...


class Time:
    """A clock and a sleep that take no time.

    Attributes:
        now: in seconds.
        pauses: how long was slept.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
