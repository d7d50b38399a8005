"""How many requests, and how many questions, one person may send."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import math
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, cast

from limits import RateLimitItem, RateLimitItemPerDay, parse
from limits.errors import ConfigurationError as UnknownStoreError
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from api.problems import DoorError
from rag.errors import ConfigurationError
from rag.settings import Settings

_PATIENCE_S: Final = 1.0
"""For the server that keeps the counts: a question is not to wait for it longer."""

_NETWORK_BITS: Final = 64
"""Of an IPv6 address: one household has all that share them."""

_SWEPT_EVERY: Final = 1_000
"""Requests, after which those are forgotten who did not come of late."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted of whom.

    Attributes:
        per_day: counted from the first until a day later; else over a window that moves on with the time.
    """

    limit: RateLimitItem
    whom: str
    per_day: bool = False


class _Memory(MemoryStorage):
    """Counts in this process, and forgets whoever did not come of late: the library (5.8) keeps a list for everyone.

    Each request costs the library a look at all that came in the last window: 0.7 ms of CPU for a thousand.
    """

    _taken = 0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless it is one too many."""
        self._taken += 1
        if self._taken % _SWEPT_EVERY == 0:
            for gone in [whom for whom, requests in list(self.events.items()) if not requests]:
                self.events.pop(gone, None)
        return super().acquire_entry(key, limit, expiry, amount)


class _Counter:
    """Counts in one store: the times of requests for a window that moves, one number for a day."""

    def __init__(self, storage: Storage) -> None:
        self._moving = MovingWindowRateLimiter(storage)
        self._daily = FixedWindowRateLimiter(storage)

    def take(self, counts: list[Count]) -> float | None:
        """Count one more of each; return seconds to wait where one of them is used up, else None."""
        for count in counts:
            limiter: RateLimiter = self._daily if count.per_day else self._moving
            if not limiter.hit(count.limit, count.whom):
                return limiter.get_window_stats(count.limit, count.whom).reset_time - time.time()
        return None


class Limits:
    """Counts what people send, in this worker, or with other workers in a Redis server.

    While the server is away, each worker counts for itself: who teaches a class is not to be without answers because of
    that.

    Args:
        settings: rates, budget, and where to count.

    Raises:
        ConfigurationError: there is no such store, or the package for it is missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._rate, self._key_rate = parse(settings.rate), parse(settings.key_rate)
        self._daily = RateLimitItemPerDay(settings.daily_questions) if settings.daily_questions else None
        self._own = _Counter(_Memory())
        self._shared = None if settings.limits_url is None else _Counter(_open(settings.limits_url))
        self._is_away = False

    async def take_request(self, address: str, *, signed_in: str | None = None, key: str | None = None) -> None:
        """Count a request; raises `DoorError` where it is one too many.

        Args:
            signed_in: prefix of the key that a browser showed.
            key: prefix of the key that came with the request, which is then counted by it alone.
        """
        if key is not None:
            await self._take([Count(self._key_rate, f"key:{key}")], "requests")
            return
        people = [f"address:{network_of(address)}", *([] if signed_in is None else [f"signed-in:{signed_in}"])]
        await self._take([Count(self._rate, whom) for whom in people], "requests")

    async def take_question(self, address: str) -> None:
        """Count a question of the day; raises `DoorError` where it is one too many."""
        if self._daily is not None:
            await self._take([Count(self._daily, f"address:{network_of(address)}", per_day=True)], "questions today")

    async def _take(self, counts: list[Count], what: str) -> None:
        wait_s = await self._take_shared(self._shared, counts) if self._shared else self._own.take(counts)
        if wait_s is not None:
            retry_after_s = max(0, math.floor(wait_s)) + 1
            detail = f"These are too many {what}. Try again in {retry_after_s:,} s."
            raise DoorError(HTTPStatus.TOO_MANY_REQUESTS, "too-many", detail, retry_after_s)

    async def _take_shared(self, shared: _Counter, counts: list[Count]) -> float | None:
        try:
            wait_s = await asyncio.to_thread(shared.take, counts)
        except StorageError as error:
            if not self._is_away:
                _log.warning(
                    "the server that counts requests is away, each worker counts its own: %s", error.storage_error
                )
            self._is_away = True
            return self._own.take(counts)
        self._is_away = False
        return wait_s


def network_of(address: str) -> str:
    """Return what stands for whoever has an address: itself, or of IPv6 the network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket of this machine has none
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, _NETWORK_BITS), strict=False))


def _open(url: str) -> Storage:
    patience = {"socket_timeout": _PATIENCE_S, "socket_connect_timeout": _PATIENCE_S}
    try:
        return cast("Storage", storage_from_string(url, wrap_exceptions=True, **patience))
    except UnknownStoreError as error:  # its message holds the url, and that a password
        raise ConfigurationError(
            "QUICKTAKES_LIMITS_URL needs the package redis: install quicktakes-rag[redis]"
        ) from error
    except ValueError as error:
        raise ConfigurationError("QUICKTAKES_LIMITS_URL is no address of a Redis server: redis://host:port") from error
