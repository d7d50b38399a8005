"""One server that speaks a protocol of OpenAI's manner: how it is addressed, asked and named in errors."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

import httpx2
import openai

from rag.adapters.addresses import label_of
from rag.adapters.openai_errors import translate
from rag.adapters.server_words import reason_of
from rag.errors import ConfigurationError, ProviderBrokeOffError, ProviderReplyError, ProviderUnavailableError

_MOST_REPLY_BYTES: Final = 64 * 1024 * 1024
"""Thirty-two vectors of 4,096 numbers, each of 20 digits, take 3 MB: a longer reply is something else."""


class OpenAIServer:
    """Takes JSON and gives bytes, in bounded time and length, with every failure one of our own.

    Args:
        kind: what it serves, for messages: ``embeddings``.
        base_url: None for OpenAI.
        api_key: None where the server takes none.

    Attributes:
        name: in messages: what it serves and its address without what may be secret in it.

    Raises:
        ConfigurationError: the address or the key cannot be one.
    """

    def __init__(self, kind: str, base_url: str | None, api_key: str | None) -> None:
        if api_key is not None and not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
            raise ConfigurationError("OPENAI_API_KEY holds a character that no key has; set it anew")
        self.name = f"the {kind} server {address_of(base_url)}" if base_url is not None else "OpenAI"
        self._base_url = base_url
        self._api_key = api_key
        self._async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, openai.AsyncOpenAI] = WeakKeyDictionary()

    def post(self, path: str, body: Mapping[str, object], timeout_s: float) -> bytes:
        """Return the bytes of the reply. They are read as a stream, so that one that trickles in ends in time too.

        Args:
            path: below the base url.

        Raises:
            ProviderError: the server cannot be reached, is too slow, refuses, or replies without end.
        """
        end = time.monotonic() + timeout_s
        received = bytearray()
        try:
            with self._client.post(
                path,
                cast_to=object,
                body=body,
                options={"timeout": timeout_s},
                stream=True,
                stream_cls=openai.Stream[Any],
            ) as reply:
                for chunk in reply.response.iter_bytes():
                    received += chunk
                    if len(received) > _MOST_REPLY_BYTES:
                        raise ProviderReplyError(f"{self.name} gave a reply of over {_MOST_REPLY_BYTES:,} bytes")
                    if time.monotonic() > end:
                        raise ProviderUnavailableError(f"{self.name} took more than {timeout_s:.0f} s to reply")
        except openai.OpenAIError as error:
            raise translate(error, self.name, self._api_key) from error
        except httpx2.HTTPError as error:
            raise ProviderUnavailableError(f"{self.name} broke off its reply ({reason_of(error)})") from error
        return bytes(received)

    async def stream(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[bytes]:
        """Yield the bytes of a reply as they come. Time and length are for the caller to bound.

        To be closed where it is not read to its end; the connection is then closed at once.

        Args:
            path: below the base url.

        Raises:
            ProviderError: the server cannot be reached, refuses, or breaks off its reply.
        """
        try:
            async with (
                await self._async_client().post(
                    path,
                    cast_to=object,
                    body=body,
                    options={"timeout": None},
                    stream=True,
                    stream_cls=openai.AsyncStream[Any],
                ) as reply,
                aclosing(reply.response.aiter_bytes()) as chunks,
            ):
                async for chunk in chunks:
                    yield chunk
        except openai.OpenAIError as error:
            raise translate(error, self.name, self._api_key) from error
        except httpx2.HTTPError as error:
            raise ProviderBrokeOffError(f"{self.name} broke off its reply ({reason_of(error)}); try again") from error

    async def aclose(self) -> None:
        """Close the connections that wait to be used again on the running event loop."""
        client = self._async_clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def _async_client(self) -> openai.AsyncOpenAI:
        """Return the client of the running event loop: a connection that another one made cannot be used."""
        loop = asyncio.get_running_loop()
        if loop not in self._async_clients:
            self._async_clients[loop] = openai.AsyncOpenAI(
                api_key=self._api_key or "none",
                base_url=self._base_url,
                max_retries=0,
                http_client=openai.DefaultAioHttpClient(),  # its parser is in C: half the time of httpx2's a token
            )
        return self._async_clients[loop]

    @cached_property
    def _client(self) -> openai.OpenAI:
        return openai.OpenAI(api_key=self._api_key or "none", base_url=self._base_url, max_retries=0)


def address_of(base_url: str) -> str:
    """Return a server's address without what may be secret in it (user, password, query), to show and to hash.

    Raises:
        ConfigurationError: it cannot be an address.
    """
    label = label_of(base_url)
    if label is None:
        raise ConfigurationError(
            "OPENAI_BASE_URL is no address; set it to one that begins with http:// or https://, such as "
            "http://127.0.0.1:11434/v1, or unset it to ask OpenAI"
        )
    return label


def openai_fingerprint(model: str, base_url: str | None) -> str:
    """Return how a model at a server is named in manifests and provenance, whether or not there is a key.

    Raises:
        ConfigurationError: the address cannot be one.
    """
    if base_url is None:
        return f"openai:{model}"
    return f"openai:{model}@{hashlib.sha256(address_of(base_url).encode()).hexdigest()[:8]}"
