"""What the service remembers of answers, and when it forgets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from rag.errors import NotFoundError, RecordsError
from rag.joining import Joining
from rag.models import Answer
from rag.records import Records, is_telling

_DAY_S: Final = 86_400.0
_TOGETHER: Final = 64
"""Answers written in one go, 0.5 ms each: nobody waits long for what came later."""

_log: Final = logging.getLogger(__name__)


class GivenAway(NamedTuple):
    """An answer as it was given: in a thread or in none, under its id."""

    thread_id: str | None
    answer: Answer
    answer_id: str


class Remembering:
    """Keeps answers in their threads, and the questions that the corpus does not surely answer.

    What comes at the same moment is written in one go: a write takes a millisecond, but lets go of Python's lock ten
    times, and waits for it each time where much is asked.

    Args:
        records: where to.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._joining = Joining(self._remember, 1, _TOGETHER, "remember")

    async def remember(self, thread_id: str | None, answer: Answer, answer_id: str) -> None:
        """Keep what there is to keep of an answer.

        Where nothing can be written the answer is given all the same, and the log says why. A thread that was deleted
        meanwhile stays deleted.
        """
        if thread_id is not None or is_telling(answer):
            await asyncio.wrap_future(self._joining.ask(GivenAway(thread_id, answer, answer_id)))

    def close(self) -> None:
        """End its thread, once nothing is to be kept any more."""
        self._joining.close()

    def _remember(self, batch: Sequence[GivenAway]) -> list[None]:
        with _told():
            self._records.questions.add(one.answer for one in batch)
        for thread_id, answer, answer_id in batch:
            if thread_id is not None:
                with _told():
                    self._records.threads.append(thread_id, answer, answer_id)
        return [None] * len(batch)


@contextmanager
def _told() -> Generator[None]:
    """Tell the log what could not be written."""
    try:
        yield
    except RecordsError as error:
        _log.error("an answer was not recorded: %s", error)
    except NotFoundError:
        _log.info("an answer's thread was deleted while it was made")


async def forget_daily(records: Records, days: int) -> None:
    """Delete what is older than some days, now and each day, until cancelled; see `Records.forget`."""
    while True:
        try:
            forgotten = await asyncio.to_thread(records.forget, days)
            _log.info("forgot %s", forgotten)
        except RecordsError as error:
            _log.warning("old records were not deleted: %s", error)
        await asyncio.sleep(_DAY_S)
