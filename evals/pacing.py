"""How many requests are under way at once, and what they may cost: one rule for the stages that ask and that judge."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from typing import Final, TypeVar

from evals.errors import StoppedError
from rag.errors import ProviderRateLimitError, ProviderUnavailableError, QuickTakesError
from rag.models import ChatMessage, ReplyPart
from rag.ports import ChatModel

T = TypeVar("T")

_FIRST: Final = 2
"""Under way at first: the least that shows whether more than one are taken."""

_CALM_S: Final = 30.0
"""No growth after a failure: about what a server takes to start again, as `rag.chat_models.CircuitBreaker` has it."""

_LOOK_EVERY_S: Final = 1.0
"""Whether there is anything left to wait for; a server may ask for hours."""


class Pace:
    """Lets more in while all goes well, and half as many when a server wants fewer (AIMD, as TCP has it).

    One more for each window, which is as many good turns as are let in at once. The requests that were sent before
    the last cut tell nothing new of it, so a burst of refusals cuts once.

    Args:
        most: that may ever be under way.
        clock: gives seconds; `sleep`: waits so many.

    Attributes:
        limit: how many may be under way now; never more than `most`.
    """

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.limit = min(_FIRST, most)
        self.most = most
        self._clock = clock
        self._sleep = sleep
        self._room = asyncio.Condition()
        self._under_way = 0
        self._cuts = 0
        self._good = 0
        self._begins_at = self._grows_at = -inf

    @asynccontextmanager
    async def turn(self, is_over: Callable[[], bool] = lambda: False) -> AsyncGenerator[None]:
        """Ask within, once there is room, and the time that a server wanted to be left alone is over.

        Args:
            is_over: whether there is nothing more to wait for.
        """
        async with self._room:
            await self._room.wait_for(lambda: self._under_way < self.limit)
            self._under_way += 1
        try:
            while (wait_s := self._begins_at - self._clock()) > 0 and not is_over():
                await self._sleep(min(wait_s, _LOOK_EVERY_S))
            cuts = self._cuts
            yield
            self._count(cuts)
        finally:
            self._under_way -= 1
            async with self._room:
                self._room.notify_all()

    @contextmanager
    def heard(self) -> Generator[None]:
        """Send one request within: it is heard what the server makes of it."""
        cuts = self._cuts
        try:
            yield
        except ProviderRateLimitError as error:
            self._begins_at = max(self._begins_at, self._clock() + (error.retry_after_s or 0.0))
            if cuts == self._cuts:
                self._cuts += 1
                self.limit, self._good = max(1, self.limit // 2), 0
            raise
        except ProviderUnavailableError:
            self._grows_at, self._good = self._clock() + _CALM_S, 0
            raise

    def _count(self, cuts: int) -> None:
        """Count a turn that ended well, unless there was a cut since it began."""
        if cuts == self._cuts and self._clock() >= self._grows_at:
            self._good += 1
        if self._good >= self.limit < self.most:
            self.limit, self._good = self.limit + 1, 0


_pace: ContextVar[Pace | None] = ContextVar("pace", default=None)


@contextmanager
def heard() -> Generator[None]:
    """Send one request within; the pace of the turn that it belongs to, if any, hears what comes of it."""
    pace = _pace.get()
    if pace is None:
        yield
        return
    with pace.heard():
        yield


class HeardChatModel:
    """Sends on what it is sent, each attempt heard by the pace; implements `rag.ports.ChatModel`."""

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name
        self._model = model

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give the model's reply; raises `ProviderError` as it does."""
        with heard():
            async with aclosing(self._model.stream(messages, is_shown)) as parts:
                async for part in parts:
                    yield part


@dataclass(slots=True)
class Purse:
    """What a run may cost.

    Attributes:
        most_usd: nothing more is asked once so much is spent, so what is under way together may end above it; None for
            no ceiling.
        spent_usd: by all replies whose price is known, those of before included.
        go_on: the command that goes on.
    """

    most_usd: float | None = None
    spent_usd: float = 0.0
    go_on: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing more may be spent."""
        return self.most_usd is not None and self.spent_usd >= self.most_usd

    def pay(self, cost_usd: float | None) -> None:
        """Count a reply."""
        self.spent_usd += cost_usd or 0.0


async def ask_each(items: Iterable[T], ask: Callable[[T], Awaitable[object]], pace: Pace, purse: Purse) -> None:
    """Ask each of some items, begun in their order, as many at once as the pace allows.

    After an error no more are begun; those under way end, since they may be paid for, and then it is raised.

    Raises:
        StoppedError: nothing more may be spent, and some are not asked yet.
        QuickTakesError: the first that asking raised.
    """
    waiting = deque(items)
    errors: list[QuickTakesError] = []

    def is_over() -> bool:
        return bool(errors) or purse.is_empty or not waiting

    async def work() -> None:
        _pace.set(pace)
        while not is_over():
            async with pace.turn(is_over):
                if is_over():
                    return
                try:
                    await ask(waiting.popleft())
                except QuickTakesError as error:
                    errors.append(error)

    async with asyncio.TaskGroup() as workers:
        for _ in range(pace.most):
            workers.create_task(work())
    if errors:
        raise errors[0]
    if waiting:
        raise StoppedError(
            f"{purse.spent_usd:.4f} USD are spent of the {purse.most_usd:.4f} that may be, and {len(waiting):,} are "
            f"not asked yet; go on with '{purse.go_on}' and a greater --most-usd"
        )
