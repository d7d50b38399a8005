"""The service on a port of this machine, for clients to talk to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api import create_app
from rag.ports import Embedder
from rag.settings import Settings

_START_S = 120.0
"""For an index to be built on a busy machine."""


@contextmanager
def run_service(settings: Settings, embedder: Embedder) -> Iterator[str]:
    """Give the address of the service while the block runs, in a thread of its own."""
    config = uvicorn.Config(
        create_app(settings, embedder), "127.0.0.1", 0, log_level="warning", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    due = time.monotonic() + _START_S
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < due, "the service took too long to start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()
