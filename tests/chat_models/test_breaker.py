"""When a model is left alone, and when it is tried again."""

from __future__ import annotations

import pytest
from made_time import Time

from rag.chat_models import CircuitBreaker
from rag.errors import ProviderError, ProviderOpenCircuitError, ProviderRejectedError, ProviderUnavailableError

DOWN = ProviderUnavailableError("down")


@pytest.fixture
def breaker(time: Time) -> CircuitBreaker:
    """Return a breaker that opens after three failures, for 30 s."""
    return CircuitBreaker("the model", 3, 30, time.clock)


def fail(breaker: CircuitBreaker, error: BaseException = DOWN, times: int = 1) -> None:
    """Make calls that end so."""
    for _ in range(times):
        with pytest.raises(type(error)), breaker.guard():
            raise error


def is_open(breaker: CircuitBreaker) -> bool:
    """Return whether a call would be refused; one that is let through succeeds."""
    try:
        with breaker.guard():
            return False
    except ProviderOpenCircuitError:
        return True


def test_failures_in_a_row_open_it(breaker: CircuitBreaker) -> None:
    """Not before there are enough; the message says how often and how long."""
    fail(breaker, times=3)

    with (
        pytest.raises(ProviderOpenCircuitError, match=r"the model failed 3 times in a row .* another 30 s"),
        breaker.guard(),
    ):
        pass


def test_a_success_between_them_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    """Failures now and then are no outage."""
    fail(breaker, times=2)
    assert not is_open(breaker)
    fail(breaker, times=2)
    assert not is_open(breaker)


@pytest.mark.parametrize("error", [ProviderRejectedError("no"), ProviderError("?")])
def test_a_reply_that_is_no_outage_starts_the_count_anew(breaker: CircuitBreaker, error: ProviderError) -> None:
    """A server that refuses is there."""
    fail(breaker, times=2)
    fail(breaker, error)
    fail(breaker, times=2)
    assert not is_open(breaker)


@pytest.mark.parametrize("left", [GeneratorExit(), KeyboardInterrupt()])
def test_a_call_that_its_reader_ends_counts_for_nothing(breaker: CircuitBreaker, left: BaseException) -> None:
    """It says nothing of the server."""
    fail(breaker, times=2)
    fail(breaker, left)
    fail(breaker)
    assert is_open(breaker)


def test_after_the_pause_one_call_tries(breaker: CircuitBreaker, time: Time) -> None:
    """While it is under way no other is let through; where it succeeds all are."""
    fail(breaker, times=3)
    time.now = 29.9
    assert is_open(breaker)
    time.now = 30
    with breaker.guard():
        assert is_open(breaker)
    assert not is_open(breaker)
    fail(breaker, times=2)
    assert not is_open(breaker)


def test_a_try_that_fails_begins_the_pause_anew(breaker: CircuitBreaker, time: Time) -> None:
    """At once, not after as many failures as at first."""
    fail(breaker, times=3)
    time.now = 30
    fail(breaker)
    time.now = 59.9
    assert is_open(breaker)
    time.now = 60
    assert not is_open(breaker)


def test_a_try_that_its_reader_ends_leaves_room_for_another(breaker: CircuitBreaker, time: Time) -> None:
    """Else no call would ever be let through again."""
    fail(breaker, times=3)
    time.now = 30
    fail(breaker, GeneratorExit())
    assert not is_open(breaker)


def test_calls_that_were_under_way_do_not_lengthen_the_pause(breaker: CircuitBreaker, time: Time) -> None:
    """A hundred that fail together open it once."""
    guards = [breaker.guard() for _ in range(10)]
    for guard in guards:
        guard.__enter__()
    for guard in guards:
        assert not guard.__exit__(type(DOWN), DOWN, None)
        time.now += 1
    assert is_open(breaker)
    time.now = 32.5
    assert not is_open(breaker)
