"""The tools: their descriptions and arguments are what a model that calls them reads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from rag.errors import NotFoundError, NotIndexedError, QuestionError
from rag.mcp.results import Answered, Found, ReadEntry, answered_from, found_from
from rag.models import HINT_LEVELS, Answer, Mode
from rag.ports import PassageStore
from rag.wiring import QuickTakes

_MOST_FOUND: Final = 50
"""Entries that a search gives at most: each brings a section of some hundred words into the caller's context."""

Question = Annotated[str, Field(description="A question of biology that stands alone, as a student would ask it.")]
Limit = Annotated[int, Field(ge=1, le=_MOST_FOUND, description="How many entries to give at most.")]
InMode = Annotated[
    Mode,
    Field(description="explain: answer; simpler: in fewer and shorter sentences; hint: lead to it, give nothing away."),
]
Level = Annotated[
    int | None, Field(ge=HINT_LEVELS[0], le=HINT_LEVELS[-1], description="How far a hint leads; for mode hint only.")
]
Url = Annotated[str, Field(description="The url of an entry, as search and ask give it: it begins with /learn/.")]
Start = Annotated[int | None, Field(ge=0, description="First character of the answer to quote.")]
End = Annotated[int | None, Field(ge=0, description="Character of the answer to quote up to, it not included.")]


@dataclass(frozen=True, slots=True)
class Tools:
    """What can be called; each raises `rag.errors.QuickTakesError`.

    Attributes:
        quicktakes: gives the corpus as it is open now.
        remember: told each answer before its caller is.
        admit: entered while an answer is made; raises where no question may be asked now.
    """

    quicktakes: Callable[[], QuickTakes]
    remember: Callable[[Answer], Awaitable[None]]
    admit: Callable[[], AbstractAsyncContextManager[None]]

    async def search(self, question: Question, limit: Limit = 5) -> Found:
        """Find the entries of a curated biology corpus that answer a question, best first, each with its best section.

        Use it to see what the corpus holds; use ask for an answer, and read_entry for the whole of an entry.
        """
        return found_from(await asyncio.to_thread(self.quicktakes().search, question, limit=limit))

    async def ask(self, question: Question, mode: InMode = "explain", level: Level = None) -> Answered:
        """Answer a biology question from a curated corpus: every sentence is an entry's own or checked against one.

        Its citations quote the entries word for word. Where the corpus does not know, the status is abstained and
        nothing is made up: say so, rather than answering from memory under this tool's name.
        """
        answering = aclosing(self.quicktakes().stream(question, mode=mode, level=level))
        async with self.admit(), answering as events:
            async for event in events:
                if isinstance(event, Answer):
                    await self.remember(event)
                    return answered_from(event)
        raise AssertionError("an answer has no end")  # pragma: no cover the last event is the answer

    async def read_entry(self, url: Url, start: Start = None, end: End = None) -> ReadEntry:
        """Read an entry of the corpus whole, or check the quote of a citation by its start and end."""
        store = self.quicktakes().answerer.store
        return await asyncio.to_thread(_read, store, url, start, end)


def _read(store: PassageStore, url: str, start: int | None, end: int | None) -> ReadEntry:
    try:
        question, answer = store.question_of(url), store.answer_of(url)
    except NotIndexedError as error:
        raise NotFoundError(f"there is no entry {url[:200]!r}; search gives the urls of entries") from error
    first, last = start or 0, len(answer) if end is None else end
    if not first <= last <= len(answer):
        raise QuestionError(f"characters {first} to {last} are none of the answer's, which has {len(answer):,}")
    return ReadEntry(url=url, question=question, answer=answer, quote=answer[first:last])
