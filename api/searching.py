"""Searches that wait at the same moment, made together.

Forty threads that search one by one take turns at Python's lock, and at each turn a core has forgotten what it read for
the search before. As many threads as cores, each with a batch, search half as many again (`make bench-service`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from rag.adapters.joining_embedder import MOST_JOINED
from rag.joining import Joining
from rag.models import Search
from rag.retrieval import check_question
from rag.wiring import QuickTakes

_AT_SERVERS: Final = 40
"""Searches at once that ask servers, as many as the threads that FastAPI gives to others."""


class _Asked(NamedTuple):
    quicktakes: QuickTakes
    limit: int
    question: str


class JoinedSearches:
    """Searches for whoever comes.

    Args:
        is_local: whether all that a search takes is in this process; a server is asked for each by itself, and for many
            at once.
    """

    def __init__(self, *, is_local: bool) -> None:
        at_once, most = (os.cpu_count() or 1, MOST_JOINED) if is_local else (_AT_SERVERS, 1)
        self._joining = Joining(_search, at_once, most, "search")

    async def search(self, quicktakes: QuickTakes, question: str, limit: int) -> Search:
        """Return what `QuickTakes.search` finds; raises what that does."""
        check_question(question)  # here, where it fails nobody else
        return await asyncio.wrap_future(self._joining.ask(_Asked(quicktakes, limit, question)))

    def close(self) -> None:
        """End its threads, once nobody searches any more."""
        self._joining.close()


def _search(batch: Sequence[_Asked]) -> list[Search]:
    """Search for all, those in one corpus together."""
    found: list[Search] = []
    for (_, limit), group in groupby(batch, key=lambda asked: (id(asked.quicktakes), asked.limit)):
        together = list(group)
        found += together[0].quicktakes.search_many([asked.question for asked in together], limit=limit)
    return found
