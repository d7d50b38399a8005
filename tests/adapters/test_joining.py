"""Work that waits at the same moment is done together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing

import pytest

from rag.joining import Joining


class Held:
    """Doubles numbers once it may, and notes each batch."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.began = threading.Event()
        self.batches: list[list[int]] = []

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        """Double them; a negative one fails all of its batch."""
        self.batches.append(list(numbers))
        self.began.set()
        assert self.may.wait(10)
        if min(numbers) < 0:
            raise ValueError(min(numbers))
        return [2 * number for number in numbers]


def test_what_waits_is_done_together_in_its_order() -> None:
    """The first is begun at once; those that come meanwhile are one batch, as far as there is room in one."""
    held = Held()
    with closing(Joining(held, 1, 3, "test")) as joining:
        futures = [joining.ask(0)]
        assert held.began.wait(10)
        futures += [joining.ask(number) for number in range(1, 6)]
        held.may.set()
        assert [future.result(10) for future in futures] == [0, 2, 4, 6, 8, 10]
    assert held.batches == [[0], [1, 2, 3], [4, 5]]


def test_who_no_longer_waits_is_left_out() -> None:
    """Nothing is done for a caller who has gone."""
    held = Held()
    with closing(Joining(held, 1, 3, "test")) as joining:
        first = joining.ask(0)
        assert held.began.wait(10)
        gone, other = joining.ask(1), joining.ask(2)
        assert gone.cancel()
        held.may.set()
        assert (first.result(10), other.result(10)) == (0, 4)
    assert held.batches == [[0], [2]]


def test_a_failure_reaches_all_of_its_batch_and_no_other() -> None:
    """The next batch is done."""
    held = Held()
    held.may.set()
    with closing(Joining(held, 1, 3, "test")) as joining:
        with pytest.raises(ValueError, match="-1"):
            joining.ask(-1).result(10)
        assert joining.ask(1).result(10) == 2
