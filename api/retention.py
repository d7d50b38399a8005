"""What the records hold is forgotten when it is old enough."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from rag.errors import RecordsError
from rag.records import Records

_DAY_S: Final = 86_400.0

_log: Final = logging.getLogger(__name__)


async def forget_daily(records: Records, retention_days: int) -> None:
    """Delete what is older than so many days, now and once a day, until cancelled; see `Records.forget`.

    Each worker does, and finds nothing where another was first.
    """
    while True:
        try:
            gone = await asyncio.to_thread(records.forget, retention_days)
            _log.info("forgot %d threads, %d questions, %d feedback", gone.threads, gone.questions, gone.feedback)
        except RecordsError as error:
            _log.warning("nothing was forgotten today: %s", error)
        await asyncio.sleep(_DAY_S)
