"""How many replies may be under way at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from rag.errors import ProviderBusyError


class Slots:
    """Lets so many in at once, and others wait for a while; each event loop has its own.

    Args:
        most: see `rag.settings.DEFAULT_CHAT_REPLIES`.
        wait_s: how long to wait for one: about the length of a reply.
    """

    def __init__(self, most: int = 32, wait_s: float = 5.0) -> None:
        self._most = most
        self._wait_s = wait_s
        self._semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    @asynccontextmanager
    async def taken(self) -> AsyncGenerator[None]:
        """Hold one within; it is given back whatever happens there.

        Raises:
            ProviderBusyError: none came free in time.
        """
        semaphore = self._semaphores.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._most))
        try:
            async with asyncio.timeout(self._wait_s):
                await semaphore.acquire()
        except TimeoutError as error:
            raise ProviderBusyError(
                f"{self._most} replies are under way, and none ended within {self._wait_s:g} s; ask again later"
            ) from error
        try:
            yield
        finally:
            semaphore.release()
