"""Refusals and failures in the words that OpenAI's clients read."""

from __future__ import annotations

from typing import Final

from typing_extensions import TypedDict


class ErrorBody(TypedDict):
    """What went wrong; `param`: the part of the request that is to blame, if one is."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(TypedDict):
    """The whole of a reply that tells an error."""

    error: ErrorBody


class RefusedRequestError(Exception):
    """A request asks for what cannot be given; the client must change it.

    Attributes:
        param: the part of it that is to blame.
        code: as OpenAI names the fault.
        status: of HTTP.
    """

    def __init__(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        self.param = param
        self.code = code
        self.status = status
        super().__init__(message)


_TYPES: Final = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", None),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}


def error_reply(status: int, message: str, param: str | None = None, code: str | None = None) -> ErrorReply:
    """Return an error as OpenAI words it."""
    kind, usual = _TYPES.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    return {"error": {"message": message, "type": kind, "param": param, "code": code or usual}}
