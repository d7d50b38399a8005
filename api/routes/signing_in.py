"""Editors sign in with a key, once a day, and out."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.people import COOKIE, WITHIN_RATE, PersonOf
from api.people.forgery import check_same_site
from api.people.person import key_of
from api.problems import DoorError
from api.routes.documented import COUNTED, problems
from api.service import ServiceOf
from rag.records import LASTS

router = APIRouter(tags=["people"])

_NEXT: Final = Form(max_length=2_000, description="Path of the page to go on to.")


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
    next: Annotated[str, _NEXT] = "/",  # noqa: A002 what such a field is called everywhere
) -> Response:
    """Take a key for editing, and give a cookie that stands for it for a day's work."""
    check_same_site(request)
    found = await key_of(key.strip(), person.address, service)
    if not found.allows("edit"):
        detail = f"The key {found.name!r} is for {found.scope!r}; to sign in takes one for 'edit'."
        raise DoorError(HTTPStatus.FORBIDDEN, "not-allowed", detail)
    token = await asyncio.to_thread(service.records.sign_ins.begin, found)
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


def _own_path(path: str) -> str:
    """Return a path of this site; where it leads elsewhere, that of the first page."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else "/"
