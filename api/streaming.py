"""An answer under way as a response: sent as it comes, ended where its reader leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, contextmanager

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.problems import problem_of
from api.runs import Run, RunEvent, abandoned


class EventStream(Response):
    """The events of an answer, as Server-Sent Events.

    A response of its own rather than a generator's: what a generator does in the end may never be done, and the reader
    is to be counted out whatever happens.

    Args:
        start: number of the first event to send.
    """

    media_type = "text/event-stream"

    def __init__(self, run: Run, start: int = 0) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]  # of the empty body that it is not
        self._run = run
        self._start = start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 ASGI's
        """Send the events until the last one, or until the reader leaves."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send_pieces(lambda gone: self._run.read(self._start, gone), self._run, receive, send)


async def send_pieces(
    pieces: Callable[[asyncio.Future[None]], AsyncGenerator[bytes]], run: Run, receive: Receive, send: Send
) -> None:
    """Send what is made of a run, piece by piece, until its end or until the reader leaves."""
    with _reading(run, receive) as gone:
        async with aclosing(pieces(gone)) as made:
            async for piece in made:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def result_of(run: Run, receive: Receive) -> RunEvent:
    """Return how an answer ended, once it has; where its reader leaves before, it is stopped after a while."""
    if run.last is None:
        with _reading(run, receive) as gone:
            await run.wait(gone)
    return run.last or RunEvent("error", {"problem": problem_of(abandoned())})


def json_reply(done: RunEvent) -> bytes:
    """Return an answer as a reply of JSON, from its last event."""
    if done.written is not None:
        return done.written
    reply = {**done.content["answer"], "html": done.content["html"]}
    return json.dumps(reply, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


@contextmanager
def _reading(run: Run, receive: Receive) -> Generator[asyncio.Future[None]]:
    """Count a reader in and out, and give what is done where he leaves before."""
    gone = asyncio.ensure_future(_left(receive))
    run.enter()
    try:
        yield gone
    finally:
        gone.cancel()
        run.leave()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
