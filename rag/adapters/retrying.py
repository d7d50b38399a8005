"""One policy for calls to a server that may fail for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rag.errors import ProviderError, ProviderRateLimitError

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often a call is made again after a retryable `rag.errors.ProviderError`.

    The server's own wish, `ProviderRateLimitError.retry_after_s`, comes first; else pauses double, and a random part of
    each keeps callers that failed together from coming back together.

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
                pause_s = self._pause_s(error, calls)
                if not error.retryable or self.clock() + pause_s >= end:
                    raise
            self.sleep(pause_s)
        return attempt(min(self.call_timeout_s, end - self.clock()))

    def _pause_s(self, error: ProviderError, calls: int) -> float:
        if isinstance(error, ProviderRateLimitError) and error.retry_after_s is not None:
            return min(max(error.retry_after_s, self.first_pause_s), self.longest_pause_s)
        pause_s = min(self.first_pause_s * 2 ** (calls - 1), self.longest_pause_s)
        return pause_s * random.uniform(0.5, 1)  # noqa: S311 nothing secret
