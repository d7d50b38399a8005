"""Requests that another site has a signed-in browser send: forged ones."""

from __future__ import annotations

import hashlib
import secrets
from http import HTTPStatus
from typing import Final

from fastapi import Request

from api.problems import DoorError

HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf_token"
"""Where a page sends its token: a script as a header, a form in a field."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM: Final = "application/x-www-form-urlencoded"
"""Not those with files, whose fields come after megabytes: a page that sends files sends the header."""


def token_for(sign_in: str) -> str:
    """Return the token that the pages of a sign-in hold: it follows from that one's, and tells nothing of it."""
    return hashlib.sha256(b"csrf:" + sign_in.encode()).hexdigest()


async def check_not_forged(request: Request, token: str) -> None:
    """Refuse a request that changes something and has not the token; raises `DoorError`."""
    if request.method in _SAFE:
        return
    given = request.headers.get(HEADER, "")
    if not given and request.headers.get("content-type", "").startswith(_FORM):
        field = (await request.form()).get(FIELD)
        given = field if isinstance(field, str) else ""
    if not secrets.compare_digest(given.encode(), token.encode()):
        detail = f"The request lacks the token of its page. Load the page anew, or send the token as {HEADER}."
        raise DoorError(HTTPStatus.FORBIDDEN, "forged", detail)


def check_same_site(request: Request) -> None:
    """Refuse a request that a browser says another site's page sent; raises `DoorError`."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise DoorError(HTTPStatus.FORBIDDEN, "forged", "Another site sent this. Use the page of this one.")
