"""Answers under way: read by many, left, stopped, and ended when the service is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from http import HTTPStatus

import pytest
from made_service import read_events

from api import runs as runs_module
from api.problems import DoorError
from api.runs import Run, RunEvent, Runs
from api.streaming import result_of

Made = Callable[[str], AsyncGenerator[RunEvent]]


class Slow:
    """Events that wait to be let go, and know whether they were closed."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.closed = False

    async def __call__(self, run: str) -> AsyncGenerator[RunEvent]:
        """Give one event, wait, and end."""
        try:
            yield RunEvent("status", {"run": run})
            await self.go.wait()
            yield RunEvent("done", {"answer": run})
        finally:
            self.closed = True


async def failing(run: str) -> AsyncGenerator[RunEvent]:
    """Give one event and fail."""
    yield RunEvent("status", {"run": run})
    raise ValueError("a secret")


async def read(run: Run, start: int = 0, gone: asyncio.Future[None] | None = None) -> str:
    """Return all that a reader gets."""
    never = asyncio.get_running_loop().create_future()
    return b"".join([piece async for piece in run.read(start, gone or never)]).decode()


def in_loop(test: Callable[[], Awaitable[None]]) -> None:
    """Run a test on an event loop, for 10 s at most."""

    async def bounded() -> None:
        async with asyncio.timeout(10):
            await test()

    asyncio.run(bounded())


def test_two_readers_get_the_same_from_where_they_begin() -> None:
    """A reader who comes late gets what he missed, and one who begins later gets only what is new."""

    async def test() -> None:
        slow = Slow()
        run = Runs(1).start(slow)
        early = asyncio.create_task(read(run))
        await asyncio.sleep(0.01)
        late, rest = asyncio.create_task(read(run)), asyncio.create_task(read(run, 1))
        slow.go.set()
        assert [event.name for event in read_events(await early)] == ["status", "done"]
        assert await late == await early
        assert [event.name for event in read_events(await rest)] == ["done"]

    in_loop(test)


def test_an_answer_that_fails_ends_with_an_error_that_tells_nothing_of_us() -> None:
    """Whatever is raised, the stream ends with one event, and what was raised goes to the log alone."""

    async def test() -> None:
        events = read_events(await read(Runs(1).start(failing)))
        assert [event.name for event in events] == ["status", "error"]
        assert events[-1].content["problem"]["status"] == 500
        assert "secret" not in str(events[-1].content)

    in_loop(test)


def test_a_stopped_answer_is_closed_at_once_and_says_so() -> None:
    """Stopping closes what makes the answer, and its reader gets an end that says it was stopped."""

    async def test() -> None:
        slow = Slow()
        run = Runs(1).start(slow)
        reader = asyncio.create_task(read(run))
        await asyncio.sleep(0.01)
        run.stop(DoorError(HTTPStatus.GONE, "stopped", "Stopped."))
        events = read_events(await reader)
        assert slow.closed
        assert events[-1].content["problem"]["type"] == "urn:quicktakes:stopped"

    in_loop(test)


def test_an_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A while after its last reader left, an answer is stopped; not where he comes back in time."""
    monkeypatch.setattr(runs_module, "ABANDONED_S", 0.05)

    async def test() -> None:
        slow, runs = Slow(), Runs(1)
        run = runs.start(slow)
        run.enter()
        await asyncio.sleep(0.01)
        run.leave()
        run.enter()
        await asyncio.sleep(0.1)
        assert not slow.closed
        run.leave()
        await asyncio.sleep(0.1)
        assert slow.closed
        assert len(runs) == 0

    in_loop(test)


def test_a_reader_who_left_gets_no_more() -> None:
    """Reading ends as soon as its reader is gone, while the answer goes on."""

    async def test() -> None:
        slow = Slow()
        run = Runs(1).start(slow)
        gone = asyncio.get_running_loop().create_future()
        reader = asyncio.create_task(read(run, 0, gone))
        await asyncio.sleep(0.01)
        gone.set_result(None)
        assert [event.name for event in read_events(await reader)] == ["status"]
        assert not slow.closed
        slow.go.set()
        await read(run)

    in_loop(test)


def test_silence_is_filled_with_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing comes for long, a comment says that the stream still lives."""
    monkeypatch.setattr(runs_module, "HEARTBEAT_S", 0.02)

    async def test() -> None:
        slow = Slow()
        run = Runs(1).start(slow)
        asyncio.get_running_loop().call_later(0.1, slow.go.set)
        text = await read(run)
        assert text.count(": ping") >= 2
        assert text.endswith("\n\n")

    in_loop(test)


def test_a_full_house_asks_to_wait() -> None:
    """One answer more than may be is refused with a time to wait, and let in once another has ended."""

    async def test() -> None:
        slow, runs = Slow(), Runs(1)
        run = runs.start(slow)
        with pytest.raises(DoorError) as refused:
            runs.start(slow)
        assert (refused.value.status, refused.value.retry_after_s) == (503, 2)
        slow.go.set()
        await read(run)
        await asyncio.sleep(0)
        assert runs.get(run.name) is run
        runs.start(Slow()).stop(refused.value)

    in_loop(test)


def test_what_is_under_way_at_the_end_is_ended_with_a_word() -> None:
    """Closing lets answers end by themselves for a while, then tells the others' readers; new ones are refused."""

    async def test() -> None:
        quick, slow, runs = Slow(), Slow(), Runs(2)
        readers = [asyncio.create_task(read(runs.start(one))) for one in (quick, slow)]
        await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_later(0.02, quick.go.set)
        await runs.close(0.1)
        ends = [read_events(await reader)[-1] for reader in readers]
        assert [end.name for end in ends] == ["done", "error"]
        assert ends[1].content["problem"]["type"] == "urn:quicktakes:closing"
        with pytest.raises(DoorError):
            runs.start(slow)

    in_loop(test)


def test_an_answer_that_is_stopped_before_it_begins_still_ends_with_a_word() -> None:
    """A reader of an answer that was cancelled before its first step is told so, and does not wait for ever."""

    async def test() -> None:
        run = Runs(1).start(Slow())
        run.stop(DoorError(HTTPStatus.GONE, "stopped", "Stopped."))
        (end,) = read_events(await read(run))
        assert end.content["problem"]["type"] == "urn:quicktakes:stopped"

    in_loop(test)


def test_an_answer_whose_reader_cannot_come_back_is_found_by_nobody() -> None:
    """Neither under way nor ended is it given to who has its name: its events are in another manner."""

    async def test() -> None:
        slow, runs = Slow(), Runs(1)
        run = runs.start(slow, is_resumed=False)
        with pytest.raises(DoorError):
            runs.get(run.name)
        slow.go.set()
        await read(run)
        await asyncio.sleep(0)
        with pytest.raises(DoorError):
            runs.get(run.name)

    in_loop(test)


def test_who_leaves_before_a_whole_answer_is_no_fault_of_ours() -> None:
    """A reader who does not wait gets, unheard, the problem that says so; nothing is raised and logged."""

    async def test() -> None:
        slow = Slow()
        run = Runs(1).start(slow)

        async def leaves() -> dict[str, str]:
            return {"type": "http.disconnect"}

        last = await result_of(run, leaves)
        assert last.content["problem"]["type"] == "urn:quicktakes:abandoned"
        slow.go.set()
        await read(run)

    in_loop(test)


def test_what_is_answered_elsewhere_takes_a_place() -> None:
    """As long as it is under way there is one place less for answers, and for others elsewhere."""

    async def test() -> None:
        runs = Runs(1)
        with runs.place():
            assert len(runs) == 1
            for _ in range(2):
                with pytest.raises(DoorError) as refused, runs.place():
                    pass
                assert refused.value.code == "busy"
            with pytest.raises(DoorError):
                runs.start(failing)
        assert len(runs) == 0
        runs.start(failing)
        await runs.close(1)

    in_loop(test)


def test_what_is_made_already_is_read_like_any_other() -> None:
    """It has a name, can be found by it, and needs no place; none is given while the service ends."""

    async def test() -> None:
        runs = Runs(0)
        run = runs.give_again(lambda name: [RunEvent("status", {"run": name}), RunEvent("done", {"answer": name})])
        assert runs.get(run.name) is run
        assert [event.name for event in read_events(await read(run))] == ["status", "done"]
        await runs.close(0)
        with pytest.raises(DoorError):
            runs.give_again(lambda _: [])

    in_loop(test)
