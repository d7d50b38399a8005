"""How long one reply of a chat model may take and be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from rag.errors import ProviderTooSlowError

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How long a reply may take, and how long it may be.

    Attributes:
        total_s: for the whole reply: 1,024 tokens at 20 a second, about what a large model gives, take 51 s.
        first_token_s: a model that thinks first, or reads 4,000 tokens on a processor without help, takes most of it;
            readers have gone by then.
        idle_s: between two tokens; a server that gives one in ten seconds would need hours.
        most_tokens: an answer of 250 words takes 350; a model that thinks needs the rest.
    """

    total_s: float = 60.0
    first_token_s: float = 20.0
    idle_s: float = 10.0
    most_tokens: int = 1_024


class TimedReply(Generic[_Part]):
    """The parts of one reply that is under way, each waited for no longer than its limits allow.

    Args:
        parts: as the server sends them.
        name: of the chat model, for messages.
    """

    def __init__(self, parts: AsyncIterator[_Part], limits: ChatLimits, name: str) -> None:
        self._parts = parts
        self._limits = limits
        self._name = name
        self._started_s = asyncio.get_running_loop().time()
        self._has_text = False

    def text_came(self) -> None:
        """Tell that the first text is there: from now on the pauses count."""
        self._has_text = True

    async def next_part(self) -> _Part | None:
        """Return the next part, None after the last.

        Raises:
            ProviderTooSlowError: a limit was passed; the parts are cancelled.
        """
        ends_s, reason = min(self._total(), self._pause() if self._has_text else self._first())
        waiting = asyncio.timeout_at(ends_s)
        try:
            async with waiting:
                return await anext(self._parts, None)
        except TimeoutError as error:
            if not waiting.expired():
                raise
            raise ProviderTooSlowError(f"{self._name} {reason}; try again later") from error

    def _total(self) -> tuple[float, str]:
        total_s = self._limits.total_s
        return self._started_s + total_s, f"took more than {total_s:g} s for a whole reply"

    def _first(self) -> tuple[float, str]:
        first_s = self._limits.first_token_s
        return self._started_s + first_s, f"took more than {first_s:g} s to begin its reply"

    def _pause(self) -> tuple[float, str]:
        idle_s = self._limits.idle_s
        return asyncio.get_running_loop().time() + idle_s, f"paused amid its reply for more than {idle_s:g} s"
