"""The generator: a language model writes from the evidence, and nothing is shown before it is checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from rag.answering.fencing import Request, make_request
from rag.answering.judging import Judge
from rag.answering.premises import FalsePremise
from rag.answering.questions import Kind, kind_of
from rag.answering.replies import Draft, Opening, ReplyReader
from rag.answering.shaping import Said, Shaper
from rag.errors import ProviderError
from rag.grounding import Sources
from rag.models import Passage, ReplyEnd, ReplyRestart, Search, SupportPolicy, Usage, total_usd
from rag.ports import ChatModel
from rag.prompts import Prompt
from rag.tokens import estimate_tokens

_NOT_COVERED: Final = "NOT COVERED"
"""What the prompt asks for where the evidence does not answer."""

_ENTRIES: Final = 4
"""Entries that a model is given, of those whose score is at least half of the best one's."""

_WORDS: Final = 2_000
"""Of evidence, the best sections first: some 3,000 tokens, which every model that is served reads."""

_LENGTHS: Final[Mapping[Kind, str]] = {
    "fact": "one to three sentences",
    "explanation": "120 to 250 words",
    "comparison": "120 to 250 words that set the two side by side",
}


def evidence_sections(searches: Sequence[Search]) -> list[tuple[Passage, str]]:
    """Return the sections that an answer may be written from, by entry and place, each with its entry's question."""
    kept = {
        one.url: one
        for found in searches
        for one in found.evidence[:_ENTRIES]
        if 2 * one.score >= found.evidence[0].score
    }
    nearest = sorted(
        ((scored, one) for one in kept.values() for scored in one.sections), key=lambda pair: -pair[0].cosine
    )
    sections: list[tuple[Passage, str]] = []
    words = 0
    for scored, one in nearest:
        words += len(scored.passage.text.split())
        if sections and words > _WORDS:
            break
        sections.append((scored.passage, one.title))
    order = list(kept)
    return sorted(sections, key=lambda section: (order.index(section[0].url), section[0].start))


@dataclass(slots=True)
class Outcome:
    """What came of a reply, filled in as it comes.

    Attributes:
        model: that replied, or began to and was shown; None where none did.
        usage: of the reply, estimated where it has no end; None where nothing of one came.
        said: what was shown, in order.
        written, left_out: sentences that the model wrote, and those of them that nothing was shown for.
        declined: the model found that the evidence does not answer.
        failure: what ended the reply before its end; None where it is whole.
        restarts: why attempts were given up before the one that counts, one reason each.
        judgements: replies of the judge; `unjudged`: sentences that it was asked about and did not answer.
    """

    model: str | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    said: list[Said] = field(default_factory=list[Said])
    written: int = 0
    left_out: int = 0
    declined: bool = False
    failure: ProviderError | None = None
    restarts: list[str] = field(default_factory=list[str])
    judgements: list[ReplyEnd] = field(default_factory=list[ReplyEnd])
    unjudged: int = 0

    def forget(self, restart: ReplyRestart) -> None:
        """Begin anew: nothing was shown."""
        self.restarts.append(restart.reason)
        self.written, self.left_out, self.declined = 0, 0, False

    def spent(self) -> tuple[Usage | None, float | None]:
        """Return the tokens of the reply and of all judgements, and what they cost; None where that is unknown."""
        ends = [one for one in self.judgements if self.usage is not None]
        usage = None if self.usage is None else sum((one.usage for one in ends), start=self.usage)
        return usage, total_usd([self.cost_usd, *(one.cost_usd for one in ends)])

    def end(self, end: ReplyEnd) -> None:
        """Take down that the reply is whole."""
        self.model, self.usage, self.cost_usd = end.model, end.usage, end.cost_usd


@dataclass(frozen=True, slots=True)
class AnswerGenerator:
    """Has a chat model answer from evidence.

    Attributes:
        weigh: how telling a stem is, for the checks.
        judge: may reject what the checks support; None for none.
        lengths: what is asked for, by the kind of question.
    """

    model: ChatModel
    prompt: Prompt
    weigh: Callable[[str], float]
    policy: SupportPolicy
    judge: Judge | None = None
    lengths: Mapping[Kind, str] = field(default_factory=lambda: _LENGTHS)

    async def generate(
        self,
        question: str,
        sections: Sequence[tuple[Passage, str]],
        outcome: Outcome,
        false: FalsePremise | None = None,
    ) -> AsyncGenerator[tuple[Said, Opening]]:
        """Give the sentences to show, each as soon as its verdict is known, with what begins with it.

        A failure of the model is no error here: it ends the sentences and stands in the outcome.

        Args:
            sections: the evidence, each with its entry's question.
            false: what the question takes for granted and was corrected: the model is told, and it is not shown again.
        """
        request = make_request(
            self.prompt, question, sections, self.lengths[kind_of(question)], false=false.statement if false else None
        )
        # Reading the evidence takes tens of milliseconds of computing: others' streams go on meanwhile.
        sources = await asyncio.to_thread(Sources, sections, self.weigh)
        titles = {passage.id: title for passage, title in sections}

        def begin() -> _Attempt:
            return _Attempt(Shaper(sources, request, self.policy, false), outcome, self.judge, titles)

        attempt = begin()
        try:
            async with aclosing(self.model.stream(request.messages, lambda: bool(outcome.said))) as parts:
                async for part in parts:
                    if isinstance(part, str):
                        drafts = attempt.read(part)
                    elif isinstance(part, ReplyRestart):
                        drafts = []
                        attempt = begin()
                        outcome.forget(part)
                    else:
                        drafts = attempt.reader.finish()
                        outcome.end(part)
                    async with aclosing(attempt.shape(drafts)) as said:
                        async for one in said:
                            yield one
        except ProviderError as error:
            outcome.failure = error
            if attempt.pieces:
                outcome.usage = _estimated_usage(request, attempt.pieces)
                outcome.model = self.model.name if outcome.said else None


@dataclass(slots=True)
class _Attempt:
    """A reply while it comes.

    Attributes:
        titles: questions of the entries that the evidence is from, by passage.
        pieces: of text so far.
    """

    shaper: Shaper
    outcome: Outcome
    judge: Judge | None
    titles: Mapping[str, str]
    reader: ReplyReader = field(default_factory=ReplyReader)
    pieces: list[str] = field(default_factory=list[str])
    _left_open: Opening = "sentence"

    def read(self, piece: str) -> list[Draft]:
        """Return the sentences that a further piece completes."""
        self.pieces.append(piece)
        return self.reader.feed(piece)

    async def shape(self, drafts: Sequence[Draft]) -> AsyncGenerator[tuple[Said, Opening]]:
        """Give what is shown of some sentences; what a sentence that is left out begins, the next one begins."""
        for draft in drafts:
            if draft.text.lstrip("*\"' ").startswith(_NOT_COVERED):
                self.outcome.declined = True
                continue
            # Checking takes milliseconds of computing: others' streams go on meanwhile.
            said = await asyncio.to_thread(self.shaper.shape, draft)
            if self.judge is not None:
                said = [kept for one in said for kept in await self._judged(one, self.judge)]
            self.outcome.written, self.outcome.left_out = self.shaper.written, self.shaper.left_out
            if draft.opening != "sentence":
                self._left_open = draft.opening
            for one in said:
                opening, self._left_open = self._left_open, "sentence"
                self.outcome.said.append(one)
                yield one, opening

    async def _judged(self, said: Said, judge: Judge) -> list[Said]:
        """Return a sentence, or what is shown instead of one that the judge rejects."""
        if said.verbatim or said.support != "supported" or said.passage is None:
            return [said]
        judgement = await judge.judge(said.text, said.source, self.titles[said.passage.id])
        if judgement.end is None:
            self.outcome.unjudged += 1
        else:
            self.outcome.judgements.append(judgement.end)
        return self.shaper.instead_of(said) if judgement.rejects else [said]


def _estimated_usage(request: Request, pieces: Sequence[str]) -> Usage:
    prompt = sum(estimate_tokens(message.content) for message in request.messages)
    return Usage(prompt, estimate_tokens("".join(pieces)))
