"""A question as it comes through the doors, and what is told of its answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from api.rendering import GrowingAnswer, answer_html
from api.runs import RunEvent
from rag.conversation import Turn
from rag.models import Answer, AnswerBegun, AnswerEvent, Mode, SentenceShown
from rag.wire import answer_to_json, evidence_to_json
from rag.wiring import QuickTakes

Remember: TypeAlias = Callable[[Answer, str], Awaitable[None]]
"""Is told an answer, with its name, before its reader is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and how it is to be answered; see `rag.wiring.QuickTakes.ask`."""

    question: str
    mode: Mode = "explain"
    level: int | None = None
    history: Sequence[Turn] = ()
    exclude: Sequence[str] = ()


async def answer_events(quicktakes: QuickTakes, asked: Asked, remember: Remember, run: str) -> AsyncGenerator[RunEvent]:
    """Give what is told of an answer while it is made.

    Args:
        run: name of the answer, by which it is read on and stopped, and which feedback names.
    """
    yield RunEvent("status", {"stage": "searching", "run": run})
    events = quicktakes.stream(
        asked.question, exclude=asked.exclude, history=asked.history, mode=asked.mode, level=asked.level
    )
    shown = GrowingAnswer()
    async with aclosing(events) as made:
        async for event in made:
            if isinstance(event, Answer):
                await remember(event, run)
            for told in _told(event, run, shown):
                yield told


def reply_of(answer: Answer, run: str) -> Mapping[str, Any]:
    """Return an answer as the doors give it."""
    return {"answer_id": run, **answer_to_json(answer)}


def _told(event: AnswerEvent, run: str, shown: GrowingAnswer) -> Iterator[RunEvent]:
    if isinstance(event, AnswerBegun):
        if event.resolved is not None:
            told = {"question": event.question, "resolved": event.resolved, "carried": event.carried}
            yield RunEvent("resolved", told)
        yield RunEvent("evidence", {"rung": event.rung, "evidence": list(map(evidence_to_json, event.evidence))})
        yield RunEvent("status", {"stage": "writing", "run": run})
    elif isinstance(event, SentenceShown):
        citations = [asdict(citation) for citation in event.citations]
        told = {"lead": event.lead, "sentence": asdict(event.sentence), "citations": citations}
        yield RunEvent("sentence", {**told, **asdict(shown.add(event))})
    else:
        yield RunEvent("suggestions", {"suggestions": [asdict(one) for one in event.suggestions]})
        yield RunEvent("done", {"answer": reply_of(event, run), "html": answer_html(event)})
