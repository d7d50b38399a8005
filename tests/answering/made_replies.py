"""Answerers with a scripted chat model, and what must hold of every answer as it comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from made_corpus import check_grounding

from rag.answering import PLACEHOLDERS, Answerer, AnswerGenerator
from rag.answering.reply import NOT_COVERED
from rag.models import Answer, AnswerBegun, AnswerEvent, ChatMessage, ReplyPart, SentenceShown, SupportPolicy
from rag.ports import ChatModel
from rag.prompts import load_prompt
from rag.testing import ScriptedChatModel

PROMPT = load_prompt("answer", PLACEHOLDERS)

_KEY = re.compile(r"^\[([a-z]\d[a-z])\] ", re.MULTILINE)


class CitingChatModel(ScriptedChatModel):
    """Replies as it is scripted, with the key of the nth piece of evidence for each ``{n}``, from 0."""

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give the next scripted reply."""
        keys = _KEY.findall(messages[-1].content)
        async with aclosing(super().stream(messages, is_shown)) as parts:
            async for part in parts:
                yield part.format(*(f"[{key}]" for key in keys)) if isinstance(part, str) else part


def with_model(answerer: Answerer, model: ChatModel, policy: SupportPolicy = "strict") -> Answerer:
    """Return an answerer whose answers a model writes."""
    weigh = answerer.retriever.snapshot.postings.weight
    return replace(answerer, generator=AnswerGenerator(model, PROMPT, weigh, policy))


def events_of(answerer: Answerer, question: str) -> list[AnswerEvent]:
    """Return all events of an answer, checked."""

    async def collect() -> list[AnswerEvent]:
        async with aclosing(answerer.stream(question)) as events:
            return [event async for event in events]

    events = asyncio.run(collect())
    check_events(events)
    return events


def answer_of(answerer: Answerer, question: str) -> Answer:
    """Return the answer, after its events and its grounding were checked."""
    answer = events_of(answerer, question)[-1]
    assert isinstance(answer, Answer)
    check_grounding(answer, answerer)
    return answer


def check_events(events: Sequence[AnswerEvent]) -> None:
    """Fail unless an answer begins once, ends once, and is what was shown: nothing else, and nothing taken back."""
    begun, *shown, answer = events
    assert isinstance(begun, AnswerBegun)
    assert isinstance(answer, Answer)
    assert begun.evidence == answer.evidence
    sentences = [one.sentence for one in shown if isinstance(one, SentenceShown)]
    assert len(sentences) == len(shown)
    assert sentences == list(answer.sentences)
    text = "".join(f"{one.lead}{one.sentence.text}" for one in shown if isinstance(one, SentenceShown))
    rest = answer.text.removeprefix(text)
    assert answer.text.startswith(text)
    assert not shown or not rest or rest.startswith(f"\n\n{NOT_COVERED}")
    for one in shown:
        assert isinstance(one, SentenceShown)
        assert {cited.n for cited in one.citations} == set(one.sentence.citations)
        assert all(cited.quote in answer.citations[cited.n - 1].quote for cited in one.citations)
