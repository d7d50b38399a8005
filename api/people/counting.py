"""What an endpoint names in its ``dependencies`` to be asked only so often, or calls where only some requests count."""

from __future__ import annotations

from typing import Final

from fastapi import Depends, Request

from api.people.person import person_of
from api.service import service_of


async def count_request(request: Request) -> None:
    """Count a request of whoever sends it; raises `DoorError` where it is one too many."""
    person, service = await person_of(request), await service_of(request)
    prefix = None if person.key is None else person.key.prefix
    if person.csrf_token is None:
        await service.limits.take_request(person.address, key=prefix)
    else:
        await service.limits.take_request(person.address, signed_in=prefix)


async def count_question(request: Request) -> None:
    """Count a question of a student; an answer that is read on is none. Raises `DoorError` where it is one too many."""
    person, service = await person_of(request), await service_of(request)
    if person.key is None and not request.headers.get("Last-Event-ID"):
        await service.limits.take_question(person.address)


WITHIN_RATE: Final = Depends(count_request)
WITHIN_BUDGET: Final = Depends(count_question)
