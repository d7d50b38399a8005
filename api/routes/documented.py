"""What the document says of errors that any endpoint may give."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from api.schemas import ProblemReply

COUNTED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
"""Of an endpoint that counts who asks: a wrong key, a forged request, one request too many."""

_OF_ALL = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)


def problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return the errors of an endpoint for its document, those of every endpoint among them."""
    every = (*statuses, *_OF_ALL)
    own = {"application/problem+json": {"schema": ProblemReply.model_json_schema()}}
    return {int(status): {"description": status.phrase, "content": own} for status in every}


def events(*names: str) -> dict[str, Any]:
    """Return what the document says of a stream of events, each JSON or a last word.

    Args:
        names: of the events, which then have ids too; none for events without either.
    """
    own = {"data": {"type": "string"}, "event": {"enum": list(names or ["message"])}, "id": {"type": "string"}}
    required = ["data", "event", "id"] if names else ["data"]
    return {"text/event-stream": {"itemSchema": {"type": "object", "required": required, "properties": own}}}
