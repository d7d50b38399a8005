"""What is done when the service is told to stop, before its connections are closed."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_to_stop(act: Callable[[], Awaitable[None]]) -> Generator[None]:
    """Act on a signal to stop before uvicorn does: it closes connections first, and ends the application last.

    Without an effect where this is not the main thread, as in tests: signals reach none other.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    acting: set[asyncio.Future[None]] = set()

    def begin() -> None:
        if not acting:
            acting.add(asyncio.ensure_future(act()))

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(begin)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in _SIGNALS:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
