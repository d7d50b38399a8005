"""What is kept of an answer once it is whole."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Final

from rag.errors import NotFoundError, RecordsError
from rag.models import Answer
from rag.records import Records

_NOT_KEPT: Final = "this answer could not be kept in its thread; the next question will be read as if it were not there"

_log: Final = logging.getLogger(__name__)


async def keep(records: Records, thread_id: str | None, answer: Answer, run: str) -> Answer:
    """Keep an answer in its thread, and its question in the log where it was not surely answered.

    Where records cannot be used the reader has the answer all the same: it is given back, with a notice where it was to
    be kept in a thread.
    """
    try:
        await asyncio.to_thread(records.questions.add, answer)
        if thread_id is not None:
            await asyncio.to_thread(records.threads.append, thread_id, answer, run)
    except (RecordsError, NotFoundError) as error:
        _log.warning("an answer was not kept: %s", error)
        return answer if thread_id is None else replace(answer, notices=(*answer.notices, _NOT_KEPT))
    return answer
