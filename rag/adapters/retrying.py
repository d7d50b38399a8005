"""One policy for calls to a server that may fail for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rag.errors import ProviderError
from rag.pauses import pause_s

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often a call is made again after a retryable `rag.errors.ProviderError`.

    Pauses are as long as `rag.pauses` says.

    Attributes:
        deadline_s: seconds after which no further call is begun; pauses count.
        call_timeout_s: seconds for one call.
        most_calls: the first included.
        first_pause_s, longest_pause_s: bounds of every pause, the one that a server asks for too.
    """

    deadline_s: float = 180.0
    call_timeout_s: float = 60.0
    most_calls: int = 6
    first_pause_s: float = 0.5
    longest_pause_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def call(self, attempt: Callable[[float], _Result]) -> _Result:
        """Return what an attempt returns, which is told how many seconds it has.

        Raises:
            ProviderError: of the last attempt: it is not retryable, or there is no time or attempt left.
        """
        end = self.clock() + self.deadline_s
        for calls in range(1, self.most_calls):
            try:
                return attempt(min(self.call_timeout_s, end - self.clock()))
            except ProviderError as error:
                wait_s = pause_s(error, calls, self.first_pause_s, self.longest_pause_s)
                if not error.retryable or self.clock() + wait_s >= end:
                    raise
            self.sleep(wait_s)
        return attempt(min(self.call_timeout_s, end - self.clock()))
