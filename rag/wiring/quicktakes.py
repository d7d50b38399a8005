"""An open corpus: what the doors call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeVar

from rag.answering import Answerer
from rag.conversation import HISTORY_TOKENS, Resolution, Turn, compact, resolve, resolve_with
from rag.errors import IndexStateError, ProviderError, QuickTakesError
from rag.models import (
    Answer,
    AnswerBegun,
    AnswerEvent,
    Check,
    Mode,
    QuizQuestion,
    ReplyEnd,
    Search,
    Seen,
    SentenceShown,
    SupportPolicy,
    total_usd,
)
from rag.ports import ChatModel
from rag.retrieval import Retriever, related_entries
from rag.tokens import estimate_tokens
from rag.tutoring import Hinter, Tutor
from rag.wiring.chat import Chat, make_generator, make_tutor

_Result = TypeVar("_Result")
_Reply = TypeVar("_Reply", Answer, Search, Check, QuizQuestion)
_Resolved = TypeVar("_Resolved", bound=Answer | AnswerBegun)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is to be given; `level`: of a hint, None for the first or for none."""

    mode: Mode
    level: int | None

    def of(self, tutor: Tutor) -> Answerer | Hinter:
        """Return what answers so."""
        return tutor.in_mode(self.mode, self.level)


@dataclass(frozen=True, slots=True)
class QuickTakes:
    """An open corpus: ask it, search it, be taught by it.

    Attributes:
        chat: writes answers with a language model; None where there is none.
        notices: what every answer says of how it was made; see `rag.models.Search.notices`.
        substitute: gives what to use instead where the index or the embedder fails a call; without one, it raises.
    """

    retriever: Retriever
    answerer: Answerer
    chat: Chat | None = None
    notices: tuple[str, ...] = ()
    substitute: Callable[[QuickTakesError], QuickTakes] | None = None

    def ask(
        self,
        question: str,
        *,
        exclude: Collection[str] = (),
        history: Sequence[Turn] = (),
        mode: Mode = "explain",
        level: int | None = None,
    ) -> Answer:
        """Answer a question; see `rag.answering.Answerer`. With a chat model, never call it on an event loop.

        Args:
            history: what was asked and answered before, the last turn last; see `rag.conversation.turn_of`. A follow-up
                is answered as the question that it stands for, which the answer names; what was shown is not suggested.
            mode: ``explain``, ``simpler``, or ``hint`` for what leads to the answer and holds none of it.
            level: how far a hint leads, from 1 to 3; None for 1.

        Raises:
            QuestionError: the question, the mode or the level cannot be used.
        """
        wanted = Wanted(mode, level)
        if self.chat is not None:
            return self.chat.portal.call(self._last_event, question, exclude, history, wanted)
        turns = compact(history, HISTORY_TOKENS, estimate_tokens)
        asked, seen = resolve(question, turns), _seen_in(history)
        answer = self._try(lambda own: own.with_notices(own._ask(asked.resolved, exclude, seen, wanted)))  # noqa: SLF001 another of this class
        return _as_asked(answer, asked)

    async def stream(
        self,
        question: str,
        *,
        exclude: Collection[str] = (),
        history: Sequence[Turn] = (),
        mode: Mode = "explain",
        level: int | None = None,
    ) -> AsyncGenerator[AnswerEvent]:
        """Answer a question while it is being written; see `ask` and `rag.answering.Answerer.stream`."""
        generator = self.answerer.generator
        turns = compact(history, HISTORY_TOKENS, estimate_tokens)
        if generator is None:
            asked, end = resolve(question, turns), None
        else:
            asked, end = await resolve_with(generator.model, question, turns)
        async with aclosing(self._stream(asked.resolved, exclude, _seen_in(history), Wanted(mode, level))) as events:
            async for event in events:
                if isinstance(event, SentenceShown):
                    yield event
                else:
                    yield _as_asked(_with_cost(event, end) if isinstance(event, Answer) else event, asked)

    def check(self, asked: str, answer: str, *, exclude: Collection[str] = ()) -> Check:
        """Check a student's answer against the entry that answers; see `rag.tutoring.Tutor.check`.

        With a chat model, never call it on an event loop.
        """
        return self._try(lambda own: own.with_notices(own._check(asked, answer, exclude)))  # noqa: SLF001 another of this class

    def quiz(
        self,
        topic: str | None = None,
        *,
        url: str | None = None,
        exclude: Collection[str] = (),
        seed: int | None = None,
    ) -> QuizQuestion:
        """Return a question to a student; see `rag.tutoring.Tutor.quiz`."""
        return self._try(lambda own: own.with_notices(own.tutor.quiz(topic, url=url, exclude=exclude, seed=seed)))

    @property
    def tutor(self) -> Tutor:
        """Return what teaches."""
        return make_tutor(self.answerer)

    def _ask(self, question: str, exclude: Collection[str], seen: Seen, wanted: Wanted) -> Answer:
        return replace(wanted.of(self.tutor).ask(question, exclude=exclude, seen=seen), mode=wanted.mode)

    def _check(self, asked: str, answer: str, exclude: Collection[str]) -> Check:
        if self.chat is None:
            return self.tutor.check(asked, answer, exclude=exclude)
        return self.chat.portal.call(lambda: self.tutor.check_in_words(asked, answer, exclude=exclude))

    async def _stream(
        self, question: str, exclude: Collection[str], seen: Seen, wanted: Wanted
    ) -> AsyncGenerator[AnswerEvent]:
        begun = False
        try:
            async with aclosing(wanted.of(self.tutor).stream(question, exclude=exclude, seen=seen)) as events:
                async for event in events:
                    begun = True
                    yield self.with_notices(replace(event, mode=wanted.mode)) if isinstance(event, Answer) else event
        except (IndexStateError, ProviderError) as error:
            if self.substitute is None or begun:
                raise
            substitute = await asyncio.to_thread(self.substitute, error)
        else:
            return
        async with aclosing(substitute._stream(question, exclude, seen, wanted)) as events:  # noqa: SLF001 another of this class
            async for event in events:
                yield event

    async def _last_event(
        self, question: str, exclude: Collection[str], history: Sequence[Turn], wanted: Wanted
    ) -> Answer:
        own = self.stream(question, exclude=exclude, history=history, mode=wanted.mode, level=wanted.level)
        async with aclosing(own) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("an answer has no end")  # pragma: no cover the last event is the answer

    def search(self, question: str, *, limit: int = 10, exclude: Collection[str] = ()) -> Search:
        """Find the entries that answer a question; see `rag.retrieval.Retriever.search`."""
        return self._try(lambda own: own.with_notices(own.retriever.search(question, limit=limit, exclude=exclude)))

    def search_many(self, questions: Sequence[str], *, limit: int = 10) -> list[Search]:
        """Find the entries that answer each of some questions; see `rag.retrieval.Retriever.search_many`."""
        return self._try(
            lambda own: [own.with_notices(found) for found in own.retriever.search_many(questions, limit=limit)]
        )

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has: to exclude them would exclude nothing."""
        return self._try(lambda own: own.retriever.store.unknown_urls(urls))

    def related(self, urls: Sequence[str], *, limit: int = 5) -> dict[str, list[str]]:
        """Return for each entry the urls of others about the same thing; see `rag.retrieval.related_entries`."""
        return related_entries(urls, self.retriever.snapshot, limit=limit)

    def with_notices(self, reply: _Reply) -> _Reply:
        """Return a reply that says what there is to say of all of them, before what it says itself."""
        return replace(reply, notices=(*self.notices, *reply.notices))

    def _try(self, call: Callable[[QuickTakes], _Result]) -> _Result:
        """Return what a call gives; where index or embedder fail it, what it gives with the substitute."""
        try:
            return call(self)
        except (IndexStateError, ProviderError) as error:
            if self.substitute is None:
                raise
            return call(self.substitute(error))


def _seen_in(history: Sequence[Turn]) -> Seen:
    urls = (url for turn in history for url in (*turn.cited, *(one.url for one in turn.suggestions)))
    return Seen(tuple(dict.fromkeys(urls)), tuple(turn.resolved for turn in history))


def _as_asked(event: _Resolved, asked: Resolution) -> _Resolved:
    """Return an event that names the question as it was asked, and as it was resolved."""
    if asked.kind != "follow_up":
        return event
    return replace(event, question=asked.question.strip(), resolved=asked.resolved, carried=asked.reason)


def _with_cost(answer: Answer, end: ReplyEnd | None) -> Answer:
    """Return an answer that took a further reply: the one that its question was read with."""
    if end is None:
        return answer
    usage = end.usage if answer.usage is None else answer.usage + end.usage
    return replace(answer, usage=usage, cost_usd=total_usd([answer.cost_usd, end.cost_usd]))


def with_chat_model(
    quicktakes: QuickTakes, model: ChatModel, support: SupportPolicy | None = None, *, keeps: bool = False
) -> QuickTakes:
    """Return an open corpus whose answers a chat model writes.

    Args:
        support: the policy; None for that of the corpus as it is open, ``strict`` where no model is set up there.
        keeps: whether it is the model that the settings name, whose answers are kept: another may write otherwise under
            the same name.
    """
    answerer = quicktakes.answerer
    own = answerer.generator
    if own is None:
        generator = make_generator(model, quicktakes.retriever.snapshot.postings.weight, support or "strict")
    else:
        generator = replace(own, model=model, policy=support or own.policy)
    keeper = answerer.keeper if keeps else None
    return replace(quicktakes, answerer=replace(answerer, generator=generator, keeper=keeper))
