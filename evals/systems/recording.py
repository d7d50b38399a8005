"""A chat model that is listened to: the proof that nothing hidden was sent needs what was sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, contextmanager
from contextvars import ContextVar

from evals.pacing import heard
from rag.models import ChatMessage, ReplyPart
from rag.ports import ChatModel

_sent: ContextVar[list[str] | None] = ContextVar("sent", default=None)


@contextmanager
def recorded() -> Generator[list[str]]:
    """Give the list that what is sent to a recorded model from here is added to; each task has its own."""
    sent: list[str] = []
    token = _sent.set(sent)
    try:
        yield sent
    finally:
        _sent.reset(token)


class RecordingChatModel:
    """Sends on what it is sent, and writes it down; implements `rag.ports.ChatModel`.

    Args:
        model: that replies; the name is its own, under which its answers are kept.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Return the name of the model that replies."""
        return self._model.name

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give the model's reply."""
        sent = _sent.get()
        if sent is not None:
            sent.extend(message.content for message in messages)
        with heard():
            async with aclosing(self._model.stream(messages, is_shown)) as parts:
                async for part in parts:
                    yield part
