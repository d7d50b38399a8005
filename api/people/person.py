"""Who a request comes from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Request

from api.people.forgery import check_not_forged, token_for
from api.problems import DoorError
from api.service import Service, service_of
from rag.records import MARK, Key, Scope

COOKIE: Final = "quicktakes_sign_in"
"""That stands for a sign-in."""


@dataclass(frozen=True, slots=True)
class Person:
    """A student, whom nobody knows; a program with a key; or an editor, who signed in with one.

    Attributes:
        address: that the request comes from, as uvicorn tells: a proxy's word for it only where uvicorn trusts it.
        key: None for a student.
        csrf_token: that an editor's pages send back with what changes something; None for who did not sign in.
    """

    address: str
    key: Key | None = None
    csrf_token: str | None = None

    def allows(self, scope: Scope) -> bool:
        """Return whether the person has a key for a scope."""
        return self.key is not None and self.key.allows(scope)


async def key_of(secret: str, address: str, service: Service) -> Key:
    """Return the key of a secret; a wrong one counts as a request of its address, and raises `DoorError`."""
    key = await asyncio.to_thread(service.records.keys.find, secret)
    if key is None:
        await service.limits.take_request(address)
        detail = "There is no such key, or it was revoked. Ask whoever runs the service for one."
        raise DoorError(HTTPStatus.UNAUTHORIZED, "wrong-key", detail)
    return key


async def person_of(request: Request) -> Person:
    """Return who a request comes from; raises `DoorError` for a wrong key, and for what another site forged.

    It is looked for once a request, here rather than by FastAPI, which solves what a dependency takes for each that
    takes it.
    """
    person: Person | None = getattr(request.state, "person", None)
    if person is None:
        person = request.state.person = await _find(request, await service_of(request))
    return person


async def _find(request: Request, service: Service) -> Person:
    """Return who a request comes from.

    A bearer's word that is no key of ours is as none: clients of OpenAI's protocol send some, wanted or not.
    """
    address = request.client.host if request.client else ""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret.startswith(MARK):
        return Person(address, await key_of(secret, address, service))
    token = request.cookies.get(COOKIE)
    sign_in = await asyncio.to_thread(service.records.sign_ins.find, token) if token else None
    if token is None or sign_in is None:
        return Person(address)
    person = Person(address, sign_in.key, token_for(token))
    await check_not_forged(request, token_for(token))
    return person


PersonOf = Annotated[Person, Depends(person_of)]
"""What an endpoint names as the type of a parameter to be told who asks."""


def requires(scope: Scope) -> Callable[[Person], Person]:
    """Return a dependency that gives a person with a key for a scope, and refuses anyone else with a `DoorError`."""

    def check(person: PersonOf) -> Person:
        if person.key is None:
            detail = f"This needs a key for {scope!r}. Sign in, or send one as 'Authorization: Bearer qt_...'."
            raise DoorError(HTTPStatus.UNAUTHORIZED, "no-key", detail)
        if not person.key.allows(scope):
            detail = f"The key {person.key.name!r} is for {person.key.scope!r}, and this needs one for {scope!r}."
            raise DoorError(HTTPStatus.FORBIDDEN, "not-allowed", detail)
        return person

    return check
