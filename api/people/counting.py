"""What an endpoint names in its ``dependencies`` to be asked only so often."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header

from api.people.person import PersonOf
from api.service import ServiceOf


async def _within_rate(person: PersonOf, service: ServiceOf) -> None:
    """Count a request of whoever sends it."""
    prefix = None if person.key is None else person.key.prefix
    if person.csrf_token is None:
        await service.limits.take_request(person.address, key=prefix)
    else:
        await service.limits.take_request(person.address, signed_in=prefix)


async def _within_budget(
    person: PersonOf, service: ServiceOf, last_event_id: Annotated[str, Header(include_in_schema=False)] = ""
) -> None:
    """Count a question of a student; an answer that is read on is none."""
    if person.key is None and not last_event_id:
        await service.limits.take_question(person.address)


WITHIN_RATE: Final = Depends(_within_rate)
WITHIN_BUDGET: Final = Depends(_within_budget)
