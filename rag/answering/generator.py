"""The generator: a language model writes from the evidence, and nothing is shown before it is checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from rag.answering.fencing import make_request
from rag.answering.questions import kind_of
from rag.answering.replies import Draft, Opening, ReplyReader
from rag.answering.shaping import Said, Shaper
from rag.errors import ProviderError
from rag.grounding import Sources
from rag.models import Passage, ReplyEnd, ReplyRestart, Search, SupportPolicy, Usage
from rag.ports import ChatModel
from rag.prompts import Prompt

_NOT_COVERED: Final = "NOT COVERED"
"""What the prompt asks for where the evidence does not answer."""

_ENTRIES: Final = 4
"""Entries that a model is given, of those whose score is at least half of the best one's."""

_WORDS: Final = 2_000
"""Of evidence, the best sections first: some 3,000 tokens, which every model that is served reads."""

_LENGTHS: Final = {
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
        model: that replied; None where none did.
        said: what was shown, in order.
        written, left_out: sentences that the model wrote, and those of them that nothing was shown for.
        declined: the model found that the evidence does not answer.
        failure: what ended the reply before its end; None where it is whole.
        restarts: why attempts were given up before the one that counts, one reason each.
    """

    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    said: list[Said] = field(default_factory=list[Said])
    written: int = 0
    left_out: int = 0
    declined: bool = False
    failure: ProviderError | None = None
    restarts: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class AnswerGenerator:
    """Has a chat model answer from evidence.

    Attributes:
        weigh: how telling a stem is, for the checks.
    """

    model: ChatModel
    prompt: Prompt
    weigh: Callable[[str], float]
    policy: SupportPolicy

    async def generate(
        self, question: str, sections: Sequence[tuple[Passage, str]], outcome: Outcome
    ) -> AsyncGenerator[tuple[Said, Opening]]:
        """Give the sentences to show, each as soon as its verdict is known, with what begins with it.

        A failure of the model is no error here: it ends the sentences and stands in the outcome.

        Args:
            sections: the evidence, each with its entry's question.
        """
        request = make_request(self.prompt, question, sections, _LENGTHS[kind_of(question)])
        sources = Sources(sections, self.weigh)
        reader, shaper = ReplyReader(), Shaper(sources, request, self.policy)
        try:
            async with aclosing(self.model.stream(request.messages, lambda: bool(outcome.said))) as parts:
                async for part in parts:
                    if isinstance(part, str):
                        drafts = reader.feed(part)
                    elif isinstance(part, ReplyRestart):
                        outcome.restarts.append(part.reason)
                        outcome.declined = False
                        drafts, reader, shaper = [], ReplyReader(), Shaper(sources, request, self.policy)
                    else:
                        drafts = reader.finish()
                        _note_end(part, outcome)
                    async for shown in _shape(drafts, shaper, outcome):
                        yield shown
        except ProviderError as error:
            outcome.failure = error


def _note_end(end: ReplyEnd, outcome: Outcome) -> None:
    outcome.model, outcome.usage, outcome.cost_usd = end.model, end.usage, end.cost_usd


async def _shape(drafts: Sequence[Draft], shaper: Shaper, outcome: Outcome) -> AsyncGenerator[tuple[Said, Opening]]:
    for draft in drafts:
        if draft.text.strip(".*\"' ") == _NOT_COVERED:
            outcome.declined = True
            continue
        # Checking takes milliseconds of computing: others' streams go on meanwhile.
        said = await asyncio.to_thread(shaper.shape, draft)
        outcome.written, outcome.left_out = shaper.written, shaper.left_out
        opening = draft.opening
        for one in said:
            outcome.said.append(one)
            yield one, opening
            opening = "sentence"
