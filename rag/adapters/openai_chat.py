"""Replies from OpenAI's chat models, or from any server that speaks their protocol (Ollama, vLLM, llama.cpp, ...)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from rag.adapters.chat_limits import ChatLimits
from rag.adapters.openai_params import known_to, reply_params
from rag.adapters.openai_prices import cost_usd
from rag.adapters.openai_reply import ReplyReader
from rag.adapters.openai_server import OpenAIServer, openai_fingerprint
from rag.errors import (
    ConfigurationError,
    ProviderBrokeOffError,
    ProviderRejectedError,
    ProviderTooSlowError,
)
from rag.models import ChatMessage, ReplyEnd, ReplyPart, Usage
from rag.tokens import estimate_tokens

_BYTES_A_TOKEN: Final = 4_096
"""An event brings a token or more in 200 to 400 bytes: ten times that is something else."""

_USAGE_WAIT_S: Final = 2.0
"""The reply is whole, and only its usage is waited for, which can be estimated."""

_DRAIN_WAIT_S: Final = 0.1
"""All is said; once the connection is read to its end it can be used again. The openai package waits as long."""


class OpenAIChatModel:
    """Streams replies of a chat model; implements the port `rag.ports.ChatModel` with one attempt a reply.

    OpenAI is asked with ``max_completion_tokens``, which its newest models want, others with ``max_tokens``, which all
    of them know while some ignore the new name. An option that a server refuses by name is left out from then on
    (``temperature`` by models that think, ``stream_options`` by old servers); the old name gives way to the new one.

    Args:
        model: as the server calls it.
        base_url: of the server; None for OpenAI.
        api_key: None where the server takes none.
        limits: how long a reply may take and be.

    Raises:
        ConfigurationError: OpenAI would be asked without a key, or the address or the key cannot be one.
    """

    def __init__(
        self, model: str, base_url: str | None = None, api_key: str | None = None, limits: ChatLimits | None = None
    ) -> None:
        if api_key is None and base_url is None:
            raise ConfigurationError(
                "OpenAI replies to nothing without a key; set OPENAI_API_KEY, or OPENAI_BASE_URL to a server that "
                "needs none"
            )
        self.name = openai_fingerprint(model, base_url)
        self._model = model
        self._is_openai = base_url is None
        self._api_key = api_key
        self._limits = limits or ChatLimits()
        self._server = OpenAIServer("chat", base_url, api_key)
        self._options: Mapping[str, Any] = {
            **known_to(base_url, reply_params(self._limits)),
            "stream_options": {"include_usage": True},
        }

    def cost_usd(self, usage: Usage) -> float | None:
        """Return what a reply costs: 0 at a server that takes no key, None where the price is unknown."""
        if self._is_openai:
            return cost_usd(self._model, usage)
        return 0.0 if self._api_key is None else None

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        is_shown: Callable[[], bool],  # noqa: ARG002 the port's: one attempt is made, whoever reads
    ) -> AsyncGenerator[ReplyPart]:
        """Give a reply piece by piece, and last of all its `ReplyEnd`, which comes after a finish reason only.

        To be closed where it is not read to its end; the connection is then closed at once.

        Raises:
            ProviderError: the server cannot be reached, refuses, is too slow, or its reply is not whole.
        """
        reply = ReplyReader(self._server.name, self._limits.most_tokens * _BYTES_A_TOKEN, self._api_key)
        async with aclosing(self._timely(messages, reply)) as chunks:
            async for chunk in chunks:
                for text in reply.feed(chunk):
                    yield text
        for text in reply.end():
            yield text
        usage = reply.usage or _estimated_usage(messages, reply.written)
        yield ReplyEnd(self.name, usage, self.cost_usd(usage))

    async def aclose(self) -> None:
        """Close the connections that wait to be used again on the running event loop."""
        await self._server.aclose()

    async def _timely(self, messages: Sequence[ChatMessage], reply: ReplyReader) -> AsyncGenerator[bytes]:
        """Yield the bytes of a reply within its limits; time that the reader takes counts for the whole reply only."""
        clock = asyncio.get_running_loop().time
        end = clock() + self._limits.total_s
        due = clock() + self._limits.first_token_s
        tokens = 0
        async with aclosing(self._ask(messages)) as chunks:
            while True:
                if reply.tokens > tokens:
                    tokens = reply.tokens
                    due = clock() + self._limits.idle_s
                if reply.is_ended:
                    due = min(due, clock() + (_DRAIN_WAIT_S if reply.is_done else _USAGE_WAIT_S))
                try:
                    async with asyncio.timeout_at(min(due, end)):
                        chunk = await anext(chunks, b"")
                except (TimeoutError, ProviderBrokeOffError) as error:
                    if reply.is_ended:
                        return
                    raise (
                        self._too_slow(tokens, clock() >= end) if isinstance(error, TimeoutError) else error
                    ) from error
                if not chunk:
                    return
                yield chunk

    async def _ask(self, messages: Sequence[ChatMessage]) -> AsyncGenerator[bytes]:
        """Yield the bytes of a reply, asked for with the options that the server takes."""
        options = self._options
        while True:
            try:
                async with aclosing(self._server.stream("/chat/completions", self._body(messages, options))) as chunks:
                    async for chunk in chunks:
                        self._options = options
                        yield chunk
            except ProviderRejectedError as error:
                fewer = _without_refused(options, error)
                if fewer is None:
                    raise
                options = fewer
            else:
                return

    def _body(self, messages: Sequence[ChatMessage], options: Mapping[str, Any]) -> Mapping[str, object]:
        own = [{"role": message.role, "content": message.content} for message in messages]
        return {"model": self._model, "messages": own, "stream": True, **options}

    def _too_slow(self, tokens: int, is_total: bool) -> ProviderTooSlowError:  # noqa: FBT001 told apart by the caller
        if is_total:
            what = f"took more than {self._limits.total_s:g} s for its reply"
        elif tokens:
            what = f"sent nothing for {self._limits.idle_s:g} s amid its reply"
        else:
            what = f"took more than {self._limits.first_token_s:g} s for the first word of its reply"
        return ProviderTooSlowError(f"{self._server.name} {what}; try again, or another model")


def _without_refused(options: Mapping[str, Any], error: ProviderRejectedError) -> Mapping[str, Any] | None:
    """Return the options without one that a refusal names; None where it names none that can be missed."""
    words = str(error.__cause__)
    for name, value in options.items():
        if name != "max_completion_tokens" and re.search(rf"\b{name}\b", words):
            fewer = {other: options[other] for other in options if other != name}
            return {**fewer, "max_completion_tokens": value} if name == "max_tokens" else fewer
    return None


def _estimated_usage(messages: Sequence[ChatMessage], written: str) -> Usage:
    return Usage(sum(estimate_tokens(message.content) for message in messages), estimate_tokens(written))
