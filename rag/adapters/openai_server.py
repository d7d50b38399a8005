"""One server that speaks a protocol of OpenAI's manner: how it is addressed, asked and named in errors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import openai

from rag.adapters.openai_errors import reason_of, translate
from rag.errors import ConfigurationError, ProviderReplyError, ProviderUnavailableError

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

    @cached_property
    def _client(self) -> openai.OpenAI:
        return openai.OpenAI(api_key=self._api_key or "none", base_url=self._base_url, max_retries=0)


def address_of(base_url: str) -> str:
    """Return a server's address without what may be secret in it (user, password, query), to show and to hash.

    Raises:
        ConfigurationError: it cannot be an address.
    """
    try:
        parts = urlsplit(base_url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            "OPENAI_BASE_URL is no address; set it to one that begins with http:// or https://, such as "
            "http://127.0.0.1:11434/v1, or unset it to ask OpenAI"
        )
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"
