"""What the document says of errors that any endpoint may give."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from api.schemas import ProblemReply

_OF_ALL = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)


def problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return the errors of an endpoint for its document, those of every endpoint among them."""
    every = (*statuses, *_OF_ALL)
    own = {"application/problem+json": {"schema": ProblemReply.model_json_schema()}}
    return {int(status): {"description": status.phrase, "content": own} for status in every}
