"""A chat model that says what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from rag.errors import ProviderError
from rag.models import ChatMessage, ReplyEnd, ReplyPart, Usage

ScriptedPart = ReplyPart | ProviderError | Callable[[], object]
"""A part of a reply, an error to raise in its place, or something to do first."""


class ScriptedChatModel:
    """Replies as it is scripted; implements `rag.ports.ChatModel`.

    Args:
        replies: one for each request: pieces, after which the reply ends as whole unless an error is raised or a
            `ReplyEnd` is among them. After the last, every request is replied to as it was.

    Attributes:
        asked: the messages of every request, in order.
        open: how many replies are under way.
    """

    def __init__(
        self, replies: Sequence[Sequence[ScriptedPart]] = (("An ", "answer."),), name: str = "scripted"
    ) -> None:
        self.name = name
        self.asked: list[Sequence[ChatMessage]] = []
        self.open = 0
        self._replies = list(replies)

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        is_shown: Callable[[], bool],  # noqa: ARG002 the port's: what to say is scripted
    ) -> AsyncGenerator[ReplyPart]:
        """Give the next scripted reply.

        Raises:
            ProviderError: where the script says so.
        """
        parts = self._replies[min(len(self.asked), len(self._replies) - 1)]
        self.asked.append(messages)
        self.open += 1
        try:
            for part in parts:
                if isinstance(part, ProviderError):
                    raise part
                if callable(part):
                    part()
                else:
                    yield part
            if not any(isinstance(part, ReplyEnd) for part in parts):
                yield ReplyEnd(self.name, self._usage(messages, parts), 0.0)
        finally:
            self.open -= 1

    @staticmethod
    def _usage(messages: Sequence[ChatMessage], parts: Sequence[ScriptedPart]) -> Usage:
        """Count a word of the prompt and a piece of the reply as a token each."""
        words = sum(len(message.content.split()) for message in messages)
        return Usage(words, sum(isinstance(part, str) for part in parts), reported=True)


class HangingChatModel(ScriptedChatModel):
    """Says the first piece of its script, and then nothing for half a minute."""

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        is_shown: Callable[[], bool],  # noqa: ARG002 the port's
    ) -> AsyncGenerator[ReplyPart]:
        """Begin a reply that does not go on."""
        self.asked.append(messages)
        self.open += 1
        try:
            yield next(part for part in self._replies[0] if isinstance(part, str))
            await asyncio.sleep(30)
        finally:
            self.open -= 1
