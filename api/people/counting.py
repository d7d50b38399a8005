"""What an endpoint names in its ``dependencies`` to be asked only so often, or calls where only some requests count."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header

from api.people.person import PersonOf
from api.service import ServiceOf


async def count_request(person: PersonOf, service: ServiceOf) -> None:
    """Count a request of whoever sends it; raises `DoorError` where it is one too many."""
    prefix = None if person.key is None else person.key.prefix
    if person.csrf_token is None:
        await service.limits.take_request(person.address, key=prefix)
    else:
        await service.limits.take_request(person.address, signed_in=prefix)


async def count_question(
    person: PersonOf, service: ServiceOf, last_event_id: Annotated[str, Header(include_in_schema=False)] = ""
) -> None:
    """Count a question of a student; an answer that is read on is none. Raises `DoorError` where it is one too many."""
    if person.key is None and not last_event_id:
        await service.limits.take_question(person.address)


WITHIN_RATE: Final = Depends(count_request)
WITHIN_BUDGET: Final = Depends(count_question)
