"""Answers that were given lately, told again without being made again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from api.asking import Asked, Remember, answer_events
from api.runs import RunEvent
from api.streaming import json_reply
from rag.models import Answer
from rag.wiring import QuickTakes

_MOST_BYTES: Final = 16_000_000
"""Of replies; with what was told of it before, an answer takes about six times as much memory. A reply has 10 to 20 kB,
so there are a thousand or so."""

_Key: TypeAlias = tuple[str, str, int | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and what was told of it; `name`: of the answer then, which is in what was told."""

    answer: Answer
    told: Sequence[RunEvent]
    name: str
    written: bytes

    def events(self, run: str) -> Iterator[RunEvent]:
        """Give what is told of the answer where it is given again, under another name."""
        for event in self.told:
            if event.name == "status":
                yield replace(event, content={**event.content, "run": run})
            elif event.name == "done":
                answer = {**event.content["answer"], "answer_id": run}
                written = self.written.replace(self.name.encode(), run.encode())  # no other text is like a name
                yield replace(event, content={**event.content, "answer": answer}, is_given=True, written=written)
            else:
                yield event


class GivenAnswers:
    """What was told of the answers of one open index, which never changes; those asked for longest ago give way.

    Remembered is only what question and index decide: nothing that a conversation or a language model took part in, and
    nothing that had a notice, as what failed may work again. It may be used from several threads.

    Args:
        quicktakes: makes the answers.
        most_bytes: of all replies that are remembered.
    """

    def __init__(self, quicktakes: QuickTakes, most_bytes: int = _MOST_BYTES) -> None:
        self._quicktakes = quicktakes
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._given: OrderedDict[_Key, Given] = OrderedDict()
        self._bytes = 0

    async def events(self, asked: Asked, record: Remember, run: str) -> AsyncGenerator[RunEvent]:
        """Give what is told of an answer that is made, and remember it; see `api.asking.answer_events`."""
        answers: list[Answer] = []
        told: list[RunEvent] = []

        async def note(answer: Answer, name: str) -> None:
            answers.append(answer)
            await record(answer, name)

        async with aclosing(answer_events(self._quicktakes, asked, note, run)) as made:
            async for event in made:
                told.append(event)
                if event.name == "done":  # nobody asks for another after it
                    self._keep(asked, answers[0], told, run)
                yield event

    def get(self, asked: Asked) -> Given | None:
        """Return the answer where it was given before; None where it is to be made."""
        if asked.history:
            return None
        with self._lock:
            given = self._given.get(_key(asked))
            if given is not None:
                self._given.move_to_end(_key(asked))
            return given

    def _keep(self, asked: Asked, answer: Answer, told: Sequence[RunEvent], name: str) -> None:
        if asked.history or self._quicktakes.chat is not None or answer.notices:
            return
        done = _at_once(told[-1])
        given = Given(answer, (*told[:-1], done), name, json_reply(done))
        with self._lock:
            before = self._given.pop(_key(asked), None)
            self._bytes += len(given.written) - (len(before.written) if before else 0)
            self._given[_key(asked)] = given
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._given.popitem(last=False)[1].written)


def _key(asked: Asked) -> _Key:
    return asked.question, asked.mode, asked.level, tuple(sorted(set(asked.exclude)))


def _at_once(done: RunEvent) -> RunEvent:
    """Return the last event of an answer as it is told again: its stages take no time."""
    return replace(done, content={**done.content, "answer": {**done.content["answer"], "timings_ms": {"total": 0.0}}})
