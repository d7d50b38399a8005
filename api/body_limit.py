"""Refuses bodies that are larger than anything the doors take."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import DoorError, problem_of, problem_response

_MOST_BYTES: Final = 4_000_000
"""A conversation of a hundred turns of 20,000 characters in UTF-8, as `api.schemas.AskRequest` bounds it."""


class BodyLimit:
    """ASGI middleware: a body over the limit gets 413, whether or not its length was told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > _MOST_BYTES:
            await problem_response(problem_of(_too_large()))(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > _MOST_BYTES:
                raise _too_large()
            return message

        async def corrected(message: Message) -> None:
            if received <= _MOST_BYTES:
                await send(message)
            elif message["type"] == "http.response.start":  # FastAPI's, which takes what was raised for a bad body
                await problem_response(problem_of(_too_large()))(scope, receive, send)

        await self._app(scope, counted, corrected)


def _too_large() -> DoorError:
    detail = f"The request is larger than {_MOST_BYTES:,} bytes. Send less."
    return DoorError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
