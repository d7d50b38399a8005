"""A server that fails again and again is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rag.errors import ProviderError, ProviderOpenCircuitError


class CircuitBreaker:
    """Counts the failures in a row of one model that may pass; after too many, calls are refused without being made.

    After the pause one call is let through: where it succeeds, all are again, where it fails, the pause begins anew. An
    error that is not retryable is no failure here, since the server replied; a call that its reader ended is neither.

    Args:
        name: of the model, for messages.
        most_failures: in a row; one call of a question is made twice, so two questions without an answer are four.
        pause_s: how long to leave it alone; about what a server takes to start again.
        clock: gives seconds.
    """

    def __init__(
        self,
        name: str,
        most_failures: int = 4,
        pause_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._most_failures = most_failures
        self._pause_s = pause_s
        self._clock = clock
        self._failures = 0
        self._opens_at = 0.0
        self._is_probing = False

    @contextmanager
    def guard(self) -> Generator[None]:
        """Make a call within; its outcome is counted.

        Raises:
            ProviderOpenCircuitError: the server is left alone.
        """
        is_probe = self._begin()
        try:
            yield
        except ProviderError as error:
            self._count(error, is_probe=is_probe)
            raise
        else:
            self._failures = 0
        finally:
            if is_probe:
                self._is_probing = False

    def _begin(self) -> bool:
        """Return whether a call is the one that tries a server which was left alone."""
        if self._failures < self._most_failures:
            return False
        left_s = self._opens_at - self._clock()
        if left_s > 0 or self._is_probing:
            raise ProviderOpenCircuitError(
                f"{self._name} failed {self._failures} times in a row and is left alone for another "
                f"{max(left_s, 0):.0f} s; check that it runs"
            )
        self._is_probing = True
        return True

    def _count(self, error: ProviderError, *, is_probe: bool) -> None:
        if not error.retryable:
            self._failures = 0
            return
        self._failures += 1
        if is_probe or self._failures == self._most_failures:
            self._opens_at = self._clock() + self._pause_s
