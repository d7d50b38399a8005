"""Answers that were given lately, told again without being made again."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from api.asking import Asked, answer_events
from api.runs import RunEvent
from rag.models import Answer
from rag.wiring import QuickTakes

_MOST_BYTES: Final = 32_000_000
"""Of JSON; as objects they take about three times that. An answer has 10 to 30 kB, so there are a thousand or more."""

_Key: TypeAlias = tuple[str, str, int | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer, what was told of it, and how many bytes that has as JSON."""

    answer: Answer
    events: Sequence[RunEvent]
    size: int


class GivenAnswers:
    """What was told of the answers of one open index, which never changes; those asked for longest ago give way.

    Remembered is only what question and index decide: nothing that a conversation or a language model took part in, and
    nothing that had a notice, as what failed may work again. It may be used from several threads.

    Args:
        quicktakes: makes the answers.
        most_bytes: of all that is remembered, as JSON.
    """

    def __init__(self, quicktakes: QuickTakes, most_bytes: int = _MOST_BYTES) -> None:
        self._quicktakes = quicktakes
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._given: OrderedDict[_Key, _Given] = OrderedDict()
        self._bytes = 0

    async def events(self, asked: Asked, record: Callable[[Answer, str], None], run: str) -> AsyncGenerator[RunEvent]:
        """Give what is told of an answer; see `api.asking.answer_events`."""
        given = self._get(asked)
        if given is not None:
            await asyncio.to_thread(record, given.answer, run)
            for event in given.events:
                yield _renamed(event, run)
            return
        answers: list[Answer] = []
        told: list[RunEvent] = []

        def note(answer: Answer, name: str) -> None:
            answers.append(answer)
            record(answer, name)

        async with aclosing(answer_events(self._quicktakes, asked, note, run)) as made:
            async for event in made:
                told.append(event)
                if event.name == "done":  # nobody asks for another after it
                    self._keep(asked, answers[0], told)
                yield event

    def _get(self, asked: Asked) -> _Given | None:
        if asked.history:
            return None
        with self._lock:
            given = self._given.get(_key(asked))
            if given is not None:
                self._given.move_to_end(_key(asked))
            return given

    def _keep(self, asked: Asked, answer: Answer, told: Sequence[RunEvent]) -> None:
        if asked.history or self._quicktakes.chat is not None or answer.notices:
            return
        given = _Given(answer, told, sum(len(json.dumps(event.content)) for event in told))
        with self._lock:
            before = self._given.pop(_key(asked), None)
            self._bytes += given.size - (before.size if before else 0)
            self._given[_key(asked)] = given
            while self._bytes > self._most_bytes:
                self._bytes -= self._given.popitem(last=False)[1].size


def _key(asked: Asked) -> _Key:
    return asked.question, asked.mode, asked.level, tuple(sorted(set(asked.exclude)))


def _renamed(event: RunEvent, run: str) -> RunEvent:
    """Return an event of another answer that says the same; its stages took no time."""
    if event.name == "status":
        return replace(event, content={**event.content, "run": run})
    if event.name != "done":
        return event
    answer: Mapping[str, Any] = {**event.content["answer"], "answer_id": run, "timings_ms": {"total": 0.0}}
    return replace(event, content={**event.content, "answer": answer}, is_given=True)
