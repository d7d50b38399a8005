"""Editors sign in with a key, once a day, and out."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.writing import page
from api.people import COOKIE, WITHIN_RATE, PersonOf
from api.people.forgery import check_same_site
from api.people.person import key_of
from api.problems import DoorError
from api.routes.documented import COUNTED, problems
from api.service import Service, ServiceOf
from rag.records import LASTS

router = APIRouter(tags=["people"])

_FIRST_PAGE: Final = "/workbench"
"""Where an editor begins who came from nowhere."""

_LONGEST_PATH: Final = 2_000
_NEXT: Final = "Path of the page to go on to."


@router.get("/signin", response_class=HTMLResponse, include_in_schema=False)
async def sign_in_page(
    person: PersonOf,
    next: Annotated[str, Query(max_length=_LONGEST_PATH, description=_NEXT)] = _FIRST_PAGE,  # noqa: A002 its usual name
) -> Response:
    """Return the page to sign in on; who is signed in is sent on."""
    if person.csrf_token is not None:
        return RedirectResponse(_own_path(next), HTTPStatus.SEE_OTHER)
    return page("signin.html", person=person, here="signin", next=_own_path(next), problem=None)


@router.post(
    "/signin",
    status_code=HTTPStatus.SEE_OTHER,
    responses=problems(*COUNTED, HTTPStatus.SERVICE_UNAVAILABLE),
    dependencies=[WITHIN_RATE],
    response_class=RedirectResponse,
)
async def sign_in(
    request: Request,
    service: ServiceOf,
    person: PersonOf,
    key: Annotated[str, Form(max_length=200, description="The secret of a key for editing.")],
    next: Annotated[str, Form(max_length=_LONGEST_PATH, description=_NEXT)] = _FIRST_PAGE,  # noqa: A002 its usual name
) -> Response:
    """Take a key for editing, and give a cookie that stands for it for a day's work."""
    check_same_site(request)
    try:
        token = await _begun(service, key.strip(), person.address)
    except DoorError as error:
        if not reads_pages(request):
            raise
        return page("signin.html", error.status, person=person, here="signin", next=_own_path(next), problem=error)
    response = RedirectResponse(_own_path(next), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post(
    "/signout",
    status_code=HTTPStatus.SEE_OTHER,
    responses=problems(*COUNTED, HTTPStatus.SERVICE_UNAVAILABLE),
    response_class=RedirectResponse,
)
async def sign_out(request: Request, service: ServiceOf, _: PersonOf) -> Response:
    """Make the cookie worthless, and take it back."""
    await asyncio.to_thread(service.records.sign_ins.end, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def sign_in_first(request: Request) -> RedirectResponse:
    """Return what sends a browser to sign in, and then back to the page that it asked for."""
    path = request.url.path
    whole = f"{path}?{request.url.query}"
    came_from = whole if request.url.query and len(whole) <= _LONGEST_PATH else path
    return RedirectResponse(f"/signin?{urlencode({'next': came_from})}", HTTPStatus.SEE_OTHER)


def reads_pages(request: Request) -> bool:
    """Return whether a request comes from who reads pages, as a browser does; a program reads JSON."""
    return "text/html" in request.headers.get("accept", "")


async def _begun(service: Service, secret: str, address: str) -> str:
    """Return the token of a new sign-in; raises `DoorError` where the secret is none of a key for editing."""
    key = await key_of(secret, address, service)
    if not key.allows("edit"):
        detail = f"The key {key.name!r} is for {key.scope!r}; to sign in takes one for 'edit'."
        raise DoorError(HTTPStatus.FORBIDDEN, "not-allowed", detail)
    return await asyncio.to_thread(service.records.sign_ins.begin, key)


def _own_path(path: str) -> str:
    """Return a path of this site; where it leads elsewhere, that of the page that editors begin with."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else _FIRST_PAGE
