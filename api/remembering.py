"""What the service remembers of answers, and when it forgets."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from rag.errors import NotFoundError, RecordsError
from rag.models import Answer
from rag.records import Records

_DAY_S: Final = 86_400.0

_log: Final = logging.getLogger(__name__)


def remember_answer(records: Records, thread_id: str | None, answer: Answer, answer_id: str) -> None:
    """Keep an answer in its thread, and its question where the corpus does not surely answer it.

    Where nothing can be written the answer is given all the same, and the log says why. A thread that was deleted
    meanwhile stays deleted.
    """
    try:
        records.questions.add(answer)
        if thread_id is not None:
            records.threads.append(thread_id, answer, answer_id)
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
