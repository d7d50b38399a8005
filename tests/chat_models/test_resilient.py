"""What becomes of a question when a model fails: another attempt, another model, or the error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import pytest
from made_time import Read, Time

from rag.chat_models import Candidate, CircuitBreaker, ResilientChatModel, Retries, Slots
from rag.errors import (
    ProviderBrokeOffError,
    ProviderBusyError,
    ProviderEmptyReplyError,
    ProviderError,
    ProviderFilteredReplyError,
    ProviderOpenCircuitError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderTooSlowError,
    ProviderTruncatedReplyError,
    ProviderUnavailableError,
)
from rag.models import ChatMessage, ReplyEnd, ReplyPart, ReplyRestart, Usage
from rag.testing import HangingChatModel, ScriptedChatModel
from rag.testing.chat_model import ScriptedPart

Make = Callable[..., ResilientChatModel]

GOOD = ["Light ", "is."]
DOWN = ProviderUnavailableError("down")
CUT = ProviderBrokeOffError("cut")


@pytest.fixture
def resilient(time: Time) -> Make:
    """Return what makes a model of several, whose pauses take no time."""

    def make(*models: ScriptedChatModel, failures: int = 99, **retries: float) -> ResilientChatModel:
        candidates = [Candidate(model, CircuitBreaker(model.name, failures, clock=time.clock)) for model in models]
        patience = Retries(sleep=time.sleep, clock=time.clock, **retries)
        return ResilientChatModel(candidates, retries=patience)

    return make


def model_of(*replies: Sequence[ScriptedPart], name: str = "first") -> ScriptedChatModel:
    """Return a model with a script."""
    return ScriptedChatModel(replies, name)


def test_a_good_reply_is_passed_on_as_it_is(read: Read, resilient: Make) -> None:
    """With its own end, in one attempt, and nothing beside it."""
    model = model_of(GOOD)
    parts, error = read(resilient(model))

    assert error is None
    assert parts == [*GOOD, ReplyEnd("first", Usage(5, 2, reported=True), 0.0)]
    assert len(model.asked) == 1


def test_a_failure_that_may_pass_is_tried_again(read: Read, resilient: Make, time: Time) -> None:
    """After a pause; where nothing had been given there is nothing to take back."""
    model = model_of([DOWN], GOOD)
    parts, error = read(resilient(model))

    assert error is None
    assert parts[:-1] == GOOD
    assert len(time.pauses) == 1
    assert 0.25 <= time.pauses[0] <= 0.5


def test_what_was_given_is_taken_back_before_another_attempt(read: Read, resilient: Make) -> None:
    """A restart, with its reason, stands between the piece that is void and the first of the reply that counts."""
    parts, error = read(resilient(model_of(["Lig", CUT], GOOD)))

    assert error is None
    assert parts[:-1] == ["Lig", ReplyRestart("cut"), *GOOD]


def test_each_attempt_after_pieces_takes_them_back(read: Read, resilient: Make) -> None:
    """Once each, over attempts and models; an attempt that gave nothing needs none."""
    first, second = model_of(["a", CUT], [CUT]), model_of(["b", CUT], GOOD, name="second")
    parts, error = read(resilient(first, second))

    assert error is None
    assert parts[:-1] == ["a", ReplyRestart("cut"), "b", ReplyRestart("cut"), *GOOD]


def test_nothing_is_tried_again_once_the_reader_has_seen_something(read: Read, resilient: Make, time: Time) -> None:
    """The error is raised at once, whether or not it may pass."""
    first, second = model_of(["Lig", CUT], GOOD), model_of(GOOD, name="second")
    parts, error = read(resilient(first, second), lambda: True)

    assert (parts, error) == (["Lig"], CUT)
    assert (len(first.asked), len(second.asked), time.pauses) == (1, 0, [])


def test_what_is_shown_during_a_pause_counts_too(read: Read, resilient: Make) -> None:
    """A piece that was held back may be shown while the next attempt is waited for: then there is none."""
    seen = iter([False, True])
    model = model_of(["Lig", CUT], GOOD)
    parts, error = read(resilient(model), lambda: next(seen))

    assert (parts, error) == (["Lig"], CUT)
    assert len(model.asked) == 1


def test_a_model_that_goes_on_failing_is_replaced(read: Read, resilient: Make) -> None:
    """By the next in order, after as many calls as it may have; the end names who replied."""
    first, second = model_of([DOWN]), model_of(GOOD, name="second")
    parts, error = read(resilient(first, second))

    assert error is None
    assert isinstance(parts[-1], ReplyEnd)
    assert parts[-1].model == "second"
    assert (len(first.asked), len(second.asked)) == (2, 1)


@pytest.mark.parametrize(
    "kind",
    [
        ProviderRejectedError,
        ProviderReplyError,
        ProviderEmptyReplyError,
        ProviderTruncatedReplyError,
        ProviderFilteredReplyError,
    ],
)
def test_a_failure_that_stays_goes_to_the_next_model_at_once(
    read: Read, resilient: Make, time: Time, kind: type[ProviderError]
) -> None:
    """The same model would fail again."""
    first, second = model_of(["Lig", kind("no")]), model_of(GOOD, name="second")
    parts, error = read(resilient(first, second))

    assert error is None
    assert parts[:-1] == ["Lig", ReplyRestart("no"), *GOOD]
    assert (len(first.asked), time.pauses) == (1, [])


@pytest.mark.parametrize(("asked_s", "pauses"), [(3, [3]), (0, [0.5]), (5, [5]), (6, []), (3600, [])])
def test_a_rate_limit_is_waited_for_within_bounds(
    read: Read, resilient: Make, time: Time, asked_s: float, pauses: list[float]
) -> None:
    """As long as the server asks; where that is too long for a reader, the next model is asked at once."""
    first, second = model_of([ProviderRateLimitError("slow down", asked_s)], GOOD), model_of(GOOD, name="second")
    _, error = read(resilient(first, second))

    assert error is None
    assert time.pauses == pauses
    assert len(second.asked) == (0 if pauses else 1)


def test_one_deadline_holds_for_all_attempts(read: Read, resilient: Make, time: Time) -> None:
    """When it has passed no model is asked, and the last failure is told."""

    def pass_time() -> None:
        time.now += 40

    first = model_of([pass_time, DOWN])
    second = model_of([pass_time, CUT], name="second")
    third = model_of(GOOD, name="third")
    parts, error = read(resilient(first, second, third, most_calls=1))

    assert (parts, error) == ([], CUT)
    assert [len(model.asked) for model in (first, second, third)] == [1, 1, 0]


def test_a_pause_beyond_the_deadline_is_not_made(read: Read, resilient: Make, time: Time) -> None:
    """The next model is asked instead, in the time that is left."""

    def pass_time() -> None:
        time.now += 59.9

    first, second = model_of([pass_time, DOWN]), model_of(GOOD, name="second")
    _, error = read(resilient(first, second))

    assert error is None
    assert (len(first.asked), len(second.asked), time.pauses) == (1, 1, [])


def test_an_attempt_under_way_ends_at_the_deadline() -> None:
    """A model that would go on is left, and what it holds is closed."""
    model = HangingChatModel([["Hm. "]])
    patient = ResilientChatModel([Candidate(model, CircuitBreaker("endless"))], retries=Retries(deadline_s=0.1))

    async def collect() -> None:
        async with aclosing(patient.stream([], lambda: False)) as stream:
            async for _ in stream:
                pass

    with pytest.raises(ProviderTooSlowError, match=r"0\.1 s for all attempts"):
        asyncio.run(collect())
    assert model.open == 0


def test_a_model_that_ends_without_an_end_broke_off(read: Read, resilient: Make) -> None:
    """Whatever a model does, a reply without its end never passes for a whole one."""

    class Endless(ScriptedChatModel):
        async def stream(
            self,
            messages: Sequence[ChatMessage],  # noqa: ARG002 the port's
            is_shown: Callable[[], bool],  # noqa: ARG002 the port's
        ) -> AsyncGenerator[ReplyPart]:
            yield "Light "

    parts, error = read(resilient(Endless(), most_calls=1))

    assert parts == ["Light "]
    assert isinstance(error, ProviderBrokeOffError)


def test_the_last_failure_is_told_unless_it_says_less(read: Read, resilient: Make) -> None:
    """That a model is left alone tells nobody what to do; what the other one said does."""
    first, second = model_of([ProviderRejectedError("wrong key")]), model_of([DOWN], name="second")
    model = resilient(first, second, failures=2)

    assert read(model)[1] is DOWN
    assert str(read(model)[1]) == "wrong key"


def test_a_model_that_is_left_alone_is_passed_over(read: Read, resilient: Make, time: Time) -> None:
    """Without a request and without a pause."""
    first, second = model_of([DOWN]), model_of(GOOD, name="second")
    model = resilient(first, second, failures=2)
    read(model)
    time.pauses.clear()
    parts, error = read(model)

    assert error is None
    assert parts[:-1] == GOOD
    assert (len(first.asked), time.pauses) == (2, [])


def test_when_all_are_left_alone_that_is_told(read: Read, resilient: Make) -> None:
    """With nothing asked."""
    model = model_of([DOWN])
    patient = resilient(model, failures=2)
    read(patient)

    assert isinstance(read(patient)[1], ProviderOpenCircuitError)
    assert len(model.asked) == 2


def test_the_name_holds_all_models(resilient: Make) -> None:
    """Any of them may reply."""
    assert resilient(model_of(name="a"), model_of(name="b")).name == "a or b"


def test_a_reply_waits_for_a_slot_and_then_is_refused() -> None:
    """Without asking any model; the slot is there again when the reply that held it has ended."""
    model = model_of(GOOD)
    busy = ResilientChatModel([Candidate(model, CircuitBreaker("m"))], Slots(1, wait_s=0.01))

    async def two() -> int:
        held = busy.stream([], lambda: False)
        await anext(held)
        with pytest.raises(ProviderBusyError, match="1 replies are under way"):
            await anext(busy.stream([], lambda: False))
        asked = len(model.asked)
        await held.aclose()
        assert await anext(busy.stream([], lambda: False)) == "Light "
        return asked

    assert asyncio.run(two()) == 1
