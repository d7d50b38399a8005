"""How many replies may be under way, and that a slot is given back whatever happens."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

import pytest

from rag.chat_models import Slots
from rag.errors import ProviderBusyError, ProviderUnavailableError


async def hold(slots: Slots) -> AsyncGenerator[int]:
    """Hold a slot while it is read from."""
    async with slots.taken():
        yield 1
        yield 2


async def is_free(slots: Slots) -> bool:
    """Return whether there is a slot."""
    try:
        async with slots.taken():
            return True
    except ProviderBusyError:
        return False


def test_so_many_are_let_in_and_no_more() -> None:
    """The next one is told that all are taken, after its wait."""

    async def three() -> None:
        slots = Slots(2, 0.01)
        held = [hold(slots) for _ in range(2)]
        for each in held:
            await anext(each)
        assert not await is_free(slots)
        for each in held:
            await each.aclose()
        assert await is_free(slots)

    asyncio.run(three())


def test_who_waits_is_let_in_when_one_leaves() -> None:
    """In less than its wait."""

    async def two() -> bool:
        slots = Slots(1, 5)
        held = hold(slots)
        await anext(held)
        waiting = asyncio.create_task(is_free(slots))
        await asyncio.sleep(0.01)
        await held.aclose()
        return await waiting

    assert asyncio.run(two())


@pytest.mark.parametrize("way", ["error", "cancelled", "closed", "forgotten", "waiting"])
def test_a_slot_is_given_back_whatever_happens(way: str) -> None:
    """An error, a cancelled task, a closed or a forgotten reply, a wait that was cancelled."""

    async def lose(slots: Slots) -> None:
        if way == "error":
            with pytest.raises(ProviderUnavailableError):
                async with slots.taken():
                    raise ProviderUnavailableError("down")
            return
        stream = hold(slots)
        await anext(stream)
        if way == "cancelled":

            async def sleep() -> None:
                async for _ in stream:
                    await asyncio.sleep(5)

            await cancel(sleep())
        if way == "waiting":
            await cancel(is_free(slots))
        if way != "forgotten":
            await stream.aclose()

    async def cancel(work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def scenario() -> bool:
        slots = Slots(1, 0.05)
        await lose(slots)
        gc.collect()
        return await is_free(slots)

    assert asyncio.run(scenario())


def test_slots_serve_many_event_loops() -> None:
    """Waiting in one after waiting in another is no error."""
    slots = Slots(1, 0.01)

    async def wait() -> bool:
        held = hold(slots)
        await anext(held)
        is_busy = not await is_free(slots)
        await held.aclose()
        return is_busy

    assert [asyncio.run(wait()) for _ in range(3)] == [True] * 3
