"""Chat models that stand in for one another, so that one answer comes of several attempts."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from rag.chat_models.breaker import CircuitBreaker
from rag.chat_models.budget import DailyBudget
from rag.chat_models.slots import Slots
from rag.errors import (
    ProviderBrokeOffError,
    ProviderError,
    ProviderOpenCircuitError,
    ProviderRateLimitError,
    ProviderReplyError,
    ProviderTooSlowError,
)
from rag.models import ChatMessage, ReplyEnd, ReplyPart, ReplyRestart, Usage
from rag.pauses import pause_s
from rag.ports import ChatModel
from rag.tokens import estimate_tokens

_BEGUN: Final = (ProviderTooSlowError, ProviderBrokeOffError, ProviderReplyError)
"""Errors of servers that took the request: it may be billed though nothing of a reply came."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long to go on while nobody has seen anything.

    Attributes:
        most_calls: of each model, the first included; a reader waits, and there is a next model, or an answer without.
        deadline_s: for all attempts at all models, the reply that succeeds included: as long as one reply may take.
        first_pause_s, longest_pause_s: bounds of a pause; a server that asks for a longer one is left for the next.
    """

    most_calls: int = 2
    deadline_s: float = 60.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 5.0
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[float, float], float] = random.uniform


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be asked.

    Attributes:
        breaker: of this model.
        cost_usd: what a reply costs, where the model failed to say so itself; None where that is unknown.
    """

    model: ChatModel
    breaker: CircuitBreaker
    cost_usd: Callable[[Usage], float | None] = lambda _: None


class ResilientChatModel:
    """Asks models in order until one replies; implements the port `rag.ports.ChatModel`.

    A failure that may pass is tried again after a pause, any other goes to the next model at once. Nothing is tried
    again once the reader has seen something of the reply, nor is anything that the budget or the slots refuse. Where
    all fail, the last error is raised that says more than that a model is left alone.

    Args:
        candidates: the best first; at least one.
        slots: how many replies may be under way.
        budget: what may be spent; None for no limit. Replies that fail or are not read to their end are estimated.
        retries: how often and how long to go on.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        slots: Slots | None = None,
        budget: DailyBudget | None = None,
        retries: Retries | None = None,
    ) -> None:
        self.name = " or ".join(candidate.model.name for candidate in candidates)
        self._candidates = tuple(candidates)
        self._slots = slots or Slots()
        self._budget = budget
        self._retries = retries or Retries()

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give a reply piece by piece, and last of all its `ReplyEnd`; a `ReplyRestart` before each further attempt.

        There is none where nothing of the attempt before it was given. To be closed where it is not read to its end.

        Raises:
            ProviderError: no model replied, the budget is spent, or too many replies are under way.
        """
        end = self._retries.clock() + self._retries.deadline_s
        failures: list[ProviderError] = []
        has_given = False
        async with self._slots.taken(), aclosing(self._turns(failures, end)) as turns:
            async for candidate in turns:
                if failures and is_shown():
                    raise failures[-1]
                if has_given:
                    has_given = False
                    yield ReplyRestart(str(failures[-1]))
                try:
                    async with aclosing(self._attempt(candidate, messages, is_shown, end)) as parts:
                        async for part in parts:
                            has_given = True
                            yield part
                except ProviderError as error:
                    if is_shown():
                        raise
                    failures.append(error)
                else:
                    return
        raise _most_telling(failures)

    async def _turns(self, failures: Sequence[ProviderError], end: float) -> AsyncGenerator[Candidate]:
        """Yield whom to ask next, after the pause that is due; whoever asks appends each failure."""
        for candidate in self._candidates:
            for calls in range(1, self._retries.most_calls + 1):
                if failures and self._retries.clock() >= end:
                    return
                yield candidate
                wait_s = self._wait_s(failures[-1], calls)
                if wait_s is None or self._retries.clock() + wait_s >= end:
                    break
                await self._retries.sleep(wait_s)

    def _wait_s(self, error: ProviderError, calls: int) -> float | None:
        """Return how long to wait before the same model is asked again; None where it is not."""
        retries = self._retries
        if calls == retries.most_calls or not error.retryable or isinstance(error, ProviderOpenCircuitError):
            return None
        if isinstance(error, ProviderRateLimitError) and (error.retry_after_s or 0) > retries.longest_pause_s:
            return None
        return pause_s(error, calls, retries.first_pause_s, retries.longest_pause_s, retries.jitter)

    async def _attempt(
        self, candidate: Candidate, messages: Sequence[ChatMessage], is_shown: Callable[[], bool], end: float
    ) -> AsyncGenerator[ReplyPart]:
        if self._budget is not None:
            self._budget.check()
        whole: ReplyEnd | None = None
        with candidate.breaker.guard(), _Tally(self._budget, candidate, messages) as tally:
            async with aclosing(candidate.model.stream(messages, is_shown)) as parts:
                while (part := await self._next(parts, candidate, end)) is not None:
                    tally.note(part)
                    if isinstance(part, ReplyEnd):
                        whole = part
                    else:
                        yield part
            if whole is None:
                raise ProviderBrokeOffError(f"{candidate.model.name} ended its reply without saying that it is whole")
        yield whole  # when all is counted: who has it need not read on

    async def _next(self, parts: AsyncGenerator[ReplyPart], candidate: Candidate, end: float) -> ReplyPart | None:
        try:
            async with asyncio.timeout(end - self._retries.clock()):
                return await anext(parts, None)
        except TimeoutError as error:
            raise ProviderTooSlowError(
                f"{candidate.model.name} had not replied when the {self._retries.deadline_s:g} s for all attempts were "
                "over; try again later"
            ) from error


class _Tally(AbstractContextManager["_Tally"]):
    """Counts one attempt, however it ends."""

    def __init__(self, budget: DailyBudget | None, candidate: Candidate, messages: Sequence[ChatMessage]) -> None:
        self._budget = budget
        self._candidate = candidate
        self._messages = messages
        self._written: list[str] = []
        self._end: ReplyEnd | None = None

    def note(self, part: ReplyPart) -> None:
        """Take down what came."""
        if isinstance(part, str):
            self._written.append(part)
        elif isinstance(part, ReplyEnd):
            self._end = part

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._budget is None:
            return
        if self._end is not None:
            self._budget.add(self._end.usage, self._end.cost_usd)
        elif self._written or not isinstance(error, ProviderError) or isinstance(error, _BEGUN):
            usage = self._estimated()
            self._budget.add(usage, self._candidate.cost_usd(usage))

    def _estimated(self) -> Usage:
        prompt = sum(estimate_tokens(message.content) for message in self._messages)
        return Usage(prompt, estimate_tokens("".join(self._written)))


def _most_telling(failures: Sequence[ProviderError]) -> ProviderError:
    """Return the last failure that says more than that a model is left alone."""
    return next(
        (error for error in reversed(failures) if not isinstance(error, ProviderOpenCircuitError)), failures[-1]
    )
