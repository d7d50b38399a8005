"""What several workers count in one Redis server, with a real one."""

from __future__ import annotations

import asyncio
import os
import secrets

import pytest

from api.limits import Limits
from api.problems import DoorError
from rag.settings import Settings

REDIS = os.environ.get("QUICKTAKES_TEST_REDIS_URL")

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(REDIS is None, reason="QUICKTAKES_TEST_REDIS_URL names no server; 'make test-redis' starts one"),
]


def workers(**settings: str | int) -> tuple[Limits, Limits]:
    """Return two that count at the same server."""
    own = Settings(limits_url=REDIS, **settings)  # type: ignore[arg-type]
    return Limits(own), Limits(own)


def test_a_rate_holds_over_all_workers() -> None:
    """Whoever asks three times an hour may do so wherever his requests come in; nobody else is held up by him."""
    one, other = workers(rate="3/hour")
    address = f"student-{secrets.token_hex(4)}"

    async def ask() -> None:
        for worker in (one, other, one):
            await worker.take_request(address)
        for worker in (one, other):
            with pytest.raises(DoorError) as refused:
                await worker.take_request(address)
            assert refused.value.code == "too-many"
            assert 0 < (refused.value.retry_after_s or 0) <= 3_600
        await other.take_request(f"another-{address}")

    asyncio.run(ask())


def test_a_days_questions_are_counted_once_for_all_workers() -> None:
    """Two a day are two a day."""
    one, other = workers(daily_questions=2)
    address = f"student-{secrets.token_hex(4)}"

    async def ask() -> None:
        await one.take_question(address)
        await other.take_question(address)
        with pytest.raises(DoorError, match="too many questions today"):
            await one.take_question(address)

    asyncio.run(ask())


def test_requests_at_the_same_moment_are_each_counted() -> None:
    """Of forty at once, as many are let in as may be."""
    one, other = workers(rate="10/hour")
    address = f"student-{secrets.token_hex(4)}"

    async def ask(worker: Limits) -> bool:
        try:
            await worker.take_request(address)
        except DoorError:
            return False
        return True

    async def ask_all() -> list[bool]:
        return list(await asyncio.gather(*(ask(worker) for worker in (one, other) * 20)))

    assert sum(asyncio.run(ask_all())) == 10
