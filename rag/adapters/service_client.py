"""A running QuickTakes service, asked over HTTP as any other program asks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx2

from rag.adapters.addresses import label_of
from rag.adapters.server_words import reason_of, retry_after_s, shortened
from rag.errors import (
    ConfigurationError,
    ProviderError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderUnavailableError,
)

_CALLER_WAITS: Final = frozenset({429, 503})
"""Statuses that may name, as ``Retry-After``, when to come back."""

_USER: Final = re.compile(r"//[^/]*@")
_MOST_SHOWN: Final = 80
"""Characters of an address that cannot be one."""


class ServiceClient:
    """Takes JSON and gives JSON, with every failure one of our own.

    Args:
        url: of the service, as a browser has it: user and password in it are sent, and its query with every path.
        key: of a program, where the service knows it; None for none. It goes where user and password would.
        timeout_s: for a connection, and between two pieces of a reply: an answer that a language model writes takes up
            to a minute, and nothing comes before its end.

    Attributes:
        name: in messages and reports: the address without what may be secret in it (user, password, query).

    Raises:
        ConfigurationError: the url cannot be one, or has a user beside the key.
    """

    def __init__(self, url: str, key: str | None = None, timeout_s: float = 120.0) -> None:
        self._address, self.name = _address_of(url)
        if key is not None and self._address.userinfo:
            raise ConfigurationError(f"{self.name} cannot be asked with a key and with a user; give one of them")
        self._key = key
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._timeout_s = timeout_s
        self._async: httpx2.AsyncClient | None = None

    def get(self, path: str) -> Any:
        """Return what is at a path, whatever its status; raises `ProviderError` where that is no JSON."""
        try:
            response = httpx2.get(self._url(path), headers=self._headers, timeout=self._timeout_s)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        return self._json_of(response)

    async def post(self, path: str, body: Mapping[str, object]) -> Any:
        """Return the reply to a body.

        Raises:
            ProviderRateLimitError: the service asks to come back, and says when.
            ProviderUnavailableError: it cannot be reached, or failed.
            ProviderRejectedError: it refuses what is asked, in its own words.
            ProviderReplyError: it replied with something else than JSON.
        """
        if self._async is None:
            self._async = httpx2.AsyncClient(headers=self._headers, timeout=self._timeout_s)
        try:
            response = await self._async.post(self._url(path), json=body)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        if response.status_code >= 400:
            raise self._refused(response)
        return self._json_of(response)

    async def aclose(self) -> None:
        """Close the connections that wait to be used again; the next call opens others, on any event loop."""
        own, self._async = self._async, None
        if own is not None:
            await own.aclose()

    def _url(self, path: str) -> httpx2.URL:
        base, mark, query = self._address.raw_path.partition(b"?")
        return self._address.copy_with(raw_path=base.rstrip(b"/") + path.encode() + mark + query)

    def _json_of(self, response: httpx2.Response) -> Any:
        try:
            return response.json()
        except ValueError as error:
            raise ProviderReplyError(
                f"{self.name} gave a reply that is no JSON ({reason_of(error, self._key)}); check what runs there"
            ) from error

    def _unreachable(self, error: httpx2.HTTPError) -> ProviderError:
        reason = reason_of(error, self._key) or type(error).__name__
        return ProviderUnavailableError(f"{self.name} cannot be reached ({reason}); check that the service runs there")

    def _refused(self, response: httpx2.Response) -> ProviderError:
        status = response.status_code
        told = f"{status}: {shortened(_detail_of(response), self._key)}"
        wait_s = retry_after_s(response.headers) if status in _CALLER_WAITS else None
        if wait_s is not None or status == 429:
            return ProviderRateLimitError(f"{self.name} asks to come back later ({told})", wait_s)
        if status >= 500:
            return ProviderUnavailableError(f"{self.name} failed ({told}); its log says why")
        return ProviderRejectedError(f"{self.name} refused what was asked ({told})")


def _detail_of(response: httpx2.Response) -> str:
    """Return the detail of an RFC 9457 problem; the body where it is none."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.text


def _address_of(url: str) -> tuple[httpx2.URL, str]:
    """Return an address to ask, and how it is shown; raises `ConfigurationError` where it cannot be one."""
    label = label_of(url)
    try:
        address = httpx2.URL(url)
    except httpx2.InvalidURL:
        label, address = None, httpx2.URL()
    if label is None:
        shown = _USER.sub("//***@", url[:_MOST_SHOWN])
        raise ConfigurationError(
            f"{shown!r} is no address of a service; give one that begins with http:// or https://, such as "
            "http://127.0.0.1:8000"
        )
    return address, label
