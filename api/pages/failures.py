"""Problems as pages, for who came with a browser."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request, Response

from api.pages.signing_in import reads_pages, sign_in_first
from api.pages.writing import page

_TITLES: Final = {
    HTTPStatus.UNAUTHORIZED: "Sign in first",
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That address cannot be read",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many questions at once",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not just now",
}
_DETAILS: Final = {
    HTTPStatus.NOT_FOUND: "It may have been renamed. Ask your question, or look through the entries.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A part of it is not what was expected. Begin again from here.",
}


def failure_response(request: Request, problem: Mapping[str, Any]) -> Response | None:
    """Return the page that tells a problem; None for a program, and for a page's own script, which read JSON.

    Who reads a page that is for editors is sent to sign in, and comes back to it.
    """
    if request.url.path.startswith("/api/") or not reads_pages(request):
        return None
    if request.method == "GET" and problem["type"] == "urn:quicktakes:no-key":
        return sign_in_first(request)
    status = HTTPStatus(problem["status"])
    title = _TITLES.get(status, "Something went wrong")
    response = page("failure.html", status, person=None, code=int(status), title=title, detail=_told(status, problem))
    if (retry_after_s := problem.get("retry_after_s")) is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def _told(status: HTTPStatus, problem: Mapping[str, Any]) -> str:
    return _DETAILS.get(status) or str(problem["detail"])
