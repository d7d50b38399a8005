"""Answers that were given lately, told again without being made again."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final, TypeAlias

from api.asking import Asked, answer_events
from api.runs import RunEvent
from rag.wiring import QuickTakes

_MOST_BYTES: Final = 32_000_000
"""Of JSON; as objects they take about three times that. An answer has 10 to 30 kB, so there are a thousand or more."""

_Key: TypeAlias = tuple[str, str, int | None, tuple[str, ...]]


class RememberedAnswers:
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
        self._kept: OrderedDict[_Key, tuple[Sequence[RunEvent], int]] = OrderedDict()
        self._bytes = 0

    async def events(self, asked: Asked, run: str) -> AsyncGenerator[RunEvent]:
        """Give what is told of an answer; see `api.asking.answer_events`."""
        kept = self._get(asked)
        if kept is not None:
            for event in kept:
                yield _renamed(event, run)
            return
        told: list[RunEvent] = []
        async with aclosing(answer_events(self._quicktakes, asked, run)) as made:
            async for event in made:
                told.append(event)
                if event.name == "done":  # nobody asks for another after it
                    self._keep(asked, told)
                yield event

    def _get(self, asked: Asked) -> Sequence[RunEvent] | None:
        if asked.history:
            return None
        with self._lock:
            kept = self._kept.get(_key(asked))
            if kept is None:
                return None
            self._kept.move_to_end(_key(asked))
            return kept[0]

    def _keep(self, asked: Asked, told: Sequence[RunEvent]) -> None:
        if asked.history or self._quicktakes.chat is not None or told[-1].content["answer"]["notices"]:
            return
        size = sum(len(json.dumps(event.content)) for event in told)
        with self._lock:
            self._bytes += size - self._kept.pop(_key(asked), ((), 0))[1]
            self._kept[_key(asked)] = told, size
            while self._bytes > self._most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed


def _key(asked: Asked) -> _Key:
    return asked.question, asked.mode, asked.level, tuple(sorted(set(asked.exclude)))


def _renamed(event: RunEvent, run: str) -> RunEvent:
    """Return an event of another answer that says the same; its stages took no time."""
    if event.name == "status":
        return replace(event, content={**event.content, "run": run})
    if event.name != "done":
        return event
    answer: Mapping[str, Any] = {**event.content["answer"], "answer_id": run, "timings_ms": {"total": 0.0}}
    return replace(event, content={**event.content, "answer": answer})
