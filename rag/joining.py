"""Work that waits at the same moment, done together by a few threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Done = TypeVar("Done")


class Joining(Generic[Asked, Done]):
    """Does what is asked for by many at once, in batches; may be asked from several threads.

    Args:
        work: does a batch, and returns what came of each, in their order; what it raises reaches each of them.
        at_once: batches.
        most: asked for in one batch.
        name: of the threads.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Done]], at_once: int, most: int, name: str) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Asked, Future[Done]]] = deque()
        self._at_work = ThreadPoolExecutor(at_once, thread_name_prefix=name)

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def ask(self, asked: Asked) -> Future[Done]:
        """Ask for something; who waits longest is served first."""
        done: Future[Done] = Future()
        with self._lock:
            self._waiting.append((asked, done))
        self._at_work.submit(self._work_on)
        return done

    def close(self) -> None:
        """End its threads, once nothing is asked for any more."""
        self._at_work.shutdown()

    def _work_on(self) -> None:
        """Do what has waited longest; nothing where other threads have taken all."""
        batch = [(asked, done) for asked, done in self._take() if done.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            results = self._work([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 whoever waits is told, whatever happened
            for _, done in batch:
                done.set_exception(error)
        else:
            for (_, done), result in zip(batch, results, strict=True):
                done.set_result(result)

    def _take(self) -> list[tuple[Asked, Future[Done]]]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
