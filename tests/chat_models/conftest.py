"""Time that passes only when it is told to, and replies read to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest
from made_time import Read, Time

from rag.errors import ProviderError
from rag.models import ChatMessage, ReplyPart
from rag.ports import ChatModel

MESSAGES = [ChatMessage("user", "Why do leaves look green?")]


@pytest.fixture
def time() -> Time:
    """Return a time of one's own."""
    return Time()


@pytest.fixture
def read() -> Read:
    """Return what reads a reply: its parts, and the error that it ended with."""

    def read_reply(
        model: ChatModel, is_shown: Callable[[], bool] = lambda: False
    ) -> tuple[list[ReplyPart], ProviderError | None]:
        parts: list[ReplyPart] = []

        async def collect() -> None:
            async with aclosing(model.stream(MESSAGES, is_shown)) as stream:
                async for part in stream:
                    parts.append(part)  # noqa: PERF401 what came before a failure counts

        try:
            asyncio.run(collect())
        except ProviderError as error:
            return parts, error
        return parts, None

    return read_reply
