"""A chat model's reply as a whole, for what is short and shown only once it is all there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from rag.errors import ProviderBrokeOffError, ProviderTooSlowError
from rag.models import ChatMessage, ReplyEnd
from rag.ports import ChatModel


async def whole_reply(model: ChatModel, messages: Sequence[ChatMessage], patience_s: float) -> tuple[str, ReplyEnd]:
    """Return what a model replies, all attempts but the last left out, and the end of its reply with what it cost.

    Args:
        patience_s: how long to wait for all of it; the reply is then closed.

    Raises:
        ProviderError: the model failed, or took longer.
    """
    pieces: list[str] = []
    try:
        async with asyncio.timeout(patience_s), aclosing(model.stream(messages, lambda: False)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    pieces.append(part)
                elif isinstance(part, ReplyEnd):
                    return "".join(pieces), part
                else:
                    pieces.clear()
    except TimeoutError as error:
        raise ProviderTooSlowError(f"{model.name} took more than {patience_s:g} s for its reply") from error
    raise ProviderBrokeOffError(f"{model.name} did not end its reply")
