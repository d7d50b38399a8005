"""An HTTP server on this machine, one thread for all its connections, that notices when a client leaves."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

_WAIT_S: Final = 10.0
"""No connection is kept for longer without a request."""

_BACKLOG: Final = 512
"""Connections that may wait to be taken: several hundred clients come at once."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks; names of headers in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One client's connection.

    Attributes:
        left: set when the client has closed it.
    """

    def __init__(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        self.left = reader.ended
        self._reader = reader
        self._writer = writer
        self._is_chunked = False
        self.is_reusable = True

    async def read_request(self) -> Request | None:
        """Return the next request; None where there is none."""
        try:
            async with asyncio.timeout(_WAIT_S):
                head = await self._reader.readuntil(b"\r\n\r\n")
                line, *lines = head.decode("latin-1").strip().split("\r\n")
                pairs = (line.partition(":") for line in lines)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            return None
        method, path, _ = line.split(" ")
        return Request(method, path, headers, body)

    async def start(self, status: int, headers: Mapping[str, str], *, is_chunked: bool) -> None:
        """Send the head of a reply: in chunks, or to be ended by closing the connection."""
        self._is_chunked = is_chunked
        self.is_reusable = is_chunked
        framing = {"Transfer-Encoding": "chunked"} if is_chunked else {"Connection": "close"}
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
        head = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **framing}.items())
        await self._write(f"HTTP/1.1 {status} {phrase}\r\n{head}\r\n".encode("latin-1"))

    async def send(self, part: bytes) -> None:
        """Send a part of the body, at once."""
        if part:
            await self._write(b"%x\r\n%s\r\n" % (len(part), part) if self._is_chunked else part)

    async def finish(self) -> None:
        """Say that the body is whole."""
        if self._is_chunked:
            await self._write(b"0\r\n\r\n")

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the client does.

        Raises:
            ConnectionResetError: the client has left.
        """
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.left.wait(), seconds)
        if self.left.is_set():
            raise ConnectionResetError

    def cut(self) -> None:
        """Break the connection off, as a server that dies."""
        self.is_reusable = False
        self._writer.transport.abort()

    async def _write(self, part: bytes) -> None:
        if self.left.is_set():
            raise ConnectionResetError
        self._writer.write(part)
        await self._writer.drain()


class HttpServer:
    """Serves while a ``with`` block runs, in a thread of its own; what it replies is for a class below to say.

    Args:
        port: 0 for any that is free.
        host: address to listen on; anything else than this machine's own is for containers.

    Attributes:
        url: to be given as a base url.
        closing: set when the block ends, for a script to wait on.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self.closing = threading.Event()
        self._socket = socket.create_server((host, port), backlog=_BACKLOG)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._stopped = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._started.result().call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    async def reply(self, request: Request, connection: Connection) -> None:
        """Reply to a request; a client that leaves ends it by `ConnectionError`."""
        raise NotImplementedError

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, sock=self._socket, backlog=_BACKLOG)
        self._started.set_result(loop)
        await self._stopped.wait()
        server.close()  # what is still replied to is cancelled as the loop ends

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader()

        async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.CancelledError):  # the loop ends; asyncio's own callback would print a traceback
                await self._serve(Connection(reader, writer), writer)

        return asyncio.StreamReaderProtocol(reader, connected)

    async def _serve(self, connection: Connection, writer: asyncio.StreamWriter) -> None:
        try:
            while connection.is_reusable and (request := await connection.read_request()):
                await self.reply(request, connection)
        except ConnectionError:
            pass  # the one who asked has gone
        finally:
            writer.close()


class _Reader(asyncio.StreamReader):
    """Tells at once when a client has closed its side, whether or not somebody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.ended.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.ended.set()
