"""Answers under way: each is made once, and read by whoever holds its name, from any event on."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from api.problems import DoorError, problem_of

HEARTBEAT_S: Final = 15.0
"""Quiet after which a stream says that it is still there: proxies close what is silent for 30 to 60 s."""

ABANDONED_S: Final = 5.0
"""How long an answer that nobody reads goes on: a phone that changes networks is back by then."""

_KEPT: Final = 256
"""Ended answers that can still be read to their end after a lost connection, 20 to 60 kB each."""


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One thing that is told of an answer; ``done`` and ``error`` are the last one of any.

    Attributes:
        is_given: whether it was told before, of an answer that is given again.
        written: of the last one, the answer as a reply of JSON where that is written already; see
            `api.streaming.json_reply`.
    """

    name: str
    content: Mapping[str, Any]
    is_given: bool = False
    written: bytes | None = None


class RunObserver(Protocol):
    """Told of each answer when it begins, and once when it has ended, in the context of the request that began it."""

    def began(self) -> None:
        """Take note that an answer began."""
        ...

    def ended(self, run: Run) -> None:
        """Take note how one ended."""
        ...


EventWriter = Callable[[RunEvent, str], bytes]
"""Writes an event as it is sent; is told its id."""


def as_server_sent(event: RunEvent, event_id: str) -> bytes:
    """Return an event as Server-Sent Events have it, by its name and with its id."""
    content = json.dumps(event.content, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(data_str=content, event=event.name, id=event_id)


class Run:
    """One answer while it is made, and for a while after.

    Args:
        write: as its readers want its events.
        is_resumed: whether a reader who left may come back; else the answer ends with him, and is found by no one.

    Attributes:
        name: cannot be guessed: who knows it may read the answer, and stop it.
        last: the event that ended it; None before.
    """

    def __init__(self, write: EventWriter = as_server_sent, *, is_resumed: bool = True) -> None:
        self.is_resumed = is_resumed
        self._write = write
        self.name = secrets.token_urlsafe(16)
        self.last: RunEvent | None = None
        self._told: list[RunEvent] = []
        self._news = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._reason: DoorError | None = None
        self._readers = 0

    def start(self, make: Callable[[str], AsyncGenerator[RunEvent]]) -> asyncio.Task[None]:
        """Make the answer, in a task of its own.

        Args:
            make: gives its events; is told its name.
        """
        self._task = asyncio.create_task(self._make(make(self.name)), name=f"answer {self.name}")
        return self._task

    def stop(self, reason: DoorError) -> None:
        """End the answer: what its model still writes is cancelled at once, and its readers are told why."""
        if self._task is not None and self.last is None:
            self._reason = self._reason or reason
            self._task.cancel()

    def enter(self) -> None:
        """Count a reader in."""
        self._readers += 1

    def leave(self) -> None:
        """Count a reader out; an answer that nobody reads is stopped after a while."""
        self._readers -= 1
        if not self._readers and self.last is None:
            patience_s = ABANDONED_S if self.is_resumed else 0.0
            asyncio.get_running_loop().call_later(patience_s, self._stop_if_abandoned)

    async def read(self, start: int, gone: asyncio.Future[None]) -> AsyncGenerator[bytes]:
        """Give the events from a number on, those that are there in one piece; a comment where long nothing comes.

        Args:
            gone: done where the reader has left.
        """
        while not gone.done():
            end = len(self._told)
            if start < end:
                yield b"".join(map(self._written, range(start, end)))
                start = end
            elif self.last is not None:
                return
            elif not await self._wait(gone, HEARTBEAT_S):
                yield KEEPALIVE_COMMENT

    async def wait(self, gone: asyncio.Future[None]) -> None:
        """Wait until the answer is made, or its reader has left."""
        while self.last is None and not gone.done():
            await self._wait(gone)

    async def _wait(self, gone: asyncio.Future[None], patience_s: float | None = None) -> bool:
        """Wait for something new; return whether it came within a time."""
        done, _ = await asyncio.wait({self._news, gone}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    def _written(self, number: int) -> bytes:
        return self._write(self._told[number], f"{self.name}:{number}")

    async def _make(self, events: AsyncGenerator[RunEvent]) -> None:
        try:
            async with aclosing(events) as made:
                async for event in made:
                    self._tell(event)
        except Exception as error:  # noqa: BLE001 a reader is told how it ended, whatever happened
            self._tell(RunEvent("error", {"problem": problem_of(error)}))

    def tell(self, events: Iterable[RunEvent]) -> None:
        """Tell what is made already."""
        for event in events:
            self._tell(event)

    def end(self) -> None:
        """Tell the last event where nothing did: the answer was cancelled, perhaps before it began."""
        self._tell(RunEvent("error", {"problem": problem_of(self._reason or _closing())}))

    def _tell(self, event: RunEvent) -> None:
        if self.last is not None:
            return
        self._told.append(event)
        if event.name in {"done", "error"}:
            self.last = event
        news, self._news = self._news, asyncio.get_running_loop().create_future()
        news.set_result(None)

    def _stop_if_abandoned(self) -> None:
        if not self._readers:
            self.stop(abandoned())


class Runs:
    """The answers under way in this process, and those that ended lately.

    Args:
        most: how many may be under way at once.
        observer: told of each; None where nobody looks.
    """

    def __init__(self, most: int, observer: RunObserver | None = None) -> None:
        self._most = most
        self._observer = observer
        self._under_way: dict[str, tuple[Run, asyncio.Task[None]]] = {}
        self._ended: OrderedDict[str, Run] = OrderedDict()
        self._elsewhere = 0
        self._is_closing = False

    def __len__(self) -> int:
        return len(self._under_way) + self._elsewhere

    @contextmanager
    def place(self) -> Generator[None]:
        """Take the place of one while the block makes an answer by itself; raises `DoorError` where there is none."""
        self.check_room()
        self._elsewhere += 1
        try:
            yield
        finally:
            self._elsewhere -= 1

    def start(
        self,
        make: Callable[[str], AsyncGenerator[RunEvent]],
        write: EventWriter = as_server_sent,
        *,
        is_resumed: bool = True,
    ) -> Run:
        """Begin to make an answer; see `Run` and `Run.start`.

        Raises:
            DoorError: as many as may be are under way, or the service is being shut down.
        """
        self.check_room()
        run = Run(write, is_resumed=is_resumed)
        task = run.start(make)
        self._under_way[run.name] = run, task
        if self._observer is not None:
            self._observer.began()
        task.add_done_callback(lambda _: self._end(run))
        return run

    def give_again(self, tell: Callable[[str], Iterable[RunEvent]]) -> Run:
        """Return an answer that is made already.

        Args:
            tell: gives its events; is told its name.

        Raises:
            DoorError: the service is being shut down.
        """
        if self._is_closing:
            raise _closing()
        run = Run()
        run.tell(tell(run.name))
        if self._observer is not None:
            self._observer.began()
        self._keep(run)
        return run

    def check_room(self) -> None:
        """Refuse one answer more where there is no room for it; raises `DoorError`."""
        if self._is_closing:
            raise _closing()
        if len(self) >= self._most:
            detail = "As many answers as can be are being written. Ask again in a moment."
            raise DoorError(HTTPStatus.SERVICE_UNAVAILABLE, "busy", detail, retry_after_s=2)

    def get(self, name: str) -> Run:
        """Return an answer by its name; raises `DoorError` where it is not here, or not any more."""
        run = self._under_way[name][0] if name in self._under_way else self._ended.get(name)
        if run is not None and run.is_resumed:
            return run
        raise DoorError(HTTPStatus.GONE, "answer-gone", "That answer is not here any more. Ask again.")

    async def close(self, patience_s: float) -> None:
        """Take no more, and end what is under way: by itself within a time, else with an event that says why."""
        self._is_closing = True
        if tasks := [task for _, task in self._under_way.values()]:
            await asyncio.wait(tasks, timeout=patience_s)
        rest = list(self._under_way.values())
        for run, _ in rest:
            run.stop(_closing())
        await asyncio.gather(*(task for _, task in rest), return_exceptions=True)

    def _end(self, run: Run) -> None:
        del self._under_way[run.name]
        run.end()
        self._keep(run)

    def _keep(self, run: Run) -> None:
        """Take note of an answer that has ended; it can be read for a while."""
        if run.is_resumed:
            self._ended[run.name] = run
        if len(self._ended) > _KEPT:
            self._ended.popitem(last=False)
        if self._observer is not None:
            self._observer.ended(run)


def abandoned() -> DoorError:
    """Return why an answer ends that has no reader."""
    return DoorError(HTTPStatus.GONE, "abandoned", "Nobody read the answer any more. Ask again.")


def _closing() -> DoorError:
    detail = "The service is being restarted. Ask again in a moment."
    return DoorError(HTTPStatus.SERVICE_UNAVAILABLE, "closing", detail, retry_after_s=5)
