"""The tools of the Model Context Protocol over HTTP."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from api.people import WITHIN_RATE
from api.problems import DoorError
from api.tools import calling
from rag.mcp import HttpDoor

router = APIRouter(tags=["mcp"])


@router.api_route("/mcp", methods=["GET", "POST", "DELETE"], dependencies=[WITHIN_RATE], include_in_schema=False)
async def mcp(request: Request) -> Response:
    """Reply to a request of the protocol, which describes itself to its clients."""
    _check_origin(request)
    return _Reply(cast("HttpDoor", request.app.state.mcp))


class _Reply(Response):
    """A response that the protocol's own server sends."""

    def __init__(self, door: HttpDoor) -> None:
        super().__init__()
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        calling.set(Request(scope))
        await self._door(scope, receive, send)


def _check_origin(request: Request) -> None:
    """Refuse what a page of another site has a browser send, as the protocol demands."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        detail = "A page of another site cannot call the tools from a browser."
        raise DoorError(HTTPStatus.FORBIDDEN, "other-origin", detail)
