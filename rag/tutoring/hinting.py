"""Hints given as answers are: at once, or event by event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, replace

from rag.answering import Answerer
from rag.models import NOTHING_SEEN, Answer, AnswerBegun, AnswerEvent, Seen, Sentence, SentenceShown
from rag.tutoring.entries import entry_behind
from rag.tutoring.facts import key_facts
from rag.tutoring.hints import Secrets, Surroundings, hints_for, secrets_of
from rag.tutoring.rewording import Note, Rewording, told


@dataclass(frozen=True, slots=True)
class Hinter:
    """Gives hints to a question that the corpus answers, and abstains as the answerer does where it does not.

    Attributes:
        rewording: of a language model's; None where there is none.
        level: how far to lead.
    """

    answerer: Answerer
    rewording: Rewording | None
    level: int

    def ask(self, question: str, *, exclude: Collection[str] = (), seen: Seen = NOTHING_SEEN) -> Answer:
        """Return a hint without a language model; see `rag.answering.Answerer.ask`."""
        return self._plan(question, exclude, seen)[0]

    async def stream(
        self, question: str, *, exclude: Collection[str] = (), seen: Seen = NOTHING_SEEN
    ) -> AsyncGenerator[AnswerEvent]:
        """Give a hint: how it begins, each of its sentences, and the whole."""
        answer, secrets = await asyncio.to_thread(self._plan, question, exclude, seen)
        if self.rewording is not None and answer.sentences:
            notes = [Note(sentence.text) for sentence in answer.sentences]
            reworded = await self.rewording.reword(answer.question, notes, secrets.leak_in)
            answer = told(answer, reworded, self.rewording.prompt, "hint")
            if reworded.sentences:
                answer = replace(_hint(answer, reworded.sentences), rung="generated")
        yield AnswerBegun(answer.question, answer.rung, ())
        for number, sentence in enumerate(answer.sentences):
            yield SentenceShown(sentence, "\n\n" if number else "", ())
        yield answer

    def _plan(self, question: str, exclude: Collection[str], seen: Seen) -> tuple[Answer, Secrets]:
        """Return the hint, and what it must not hold."""
        answer = replace(self.answerer, generator=None).ask(question, exclude=exclude, seen=seen)
        hidden = replace(answer, evidence=(), citations=(), sentences=(), suggestions=(), mode="hint", level=self.level)
        if answer.status == "abstained":
            return replace(hidden, suggestions=answer.suggestions), Secrets(frozenset())
        own = entry_behind(answer)
        others = [one.title for one in answer.evidence if one.url != own.url]
        retriever = self.answerer.retriever
        query = retriever.reader.read(answer.question)
        facts = key_facts(query, own.sections, retriever.snapshot.postings)
        headings = [scored.passage.section for scored in sorted(own.sections, key=lambda one: one.passage.start)]
        text = f"{own.title} {self.answerer.store.answer_of(own.url)}"
        around = Surroundings(text, headings, others)
        hints = hints_for(answer.question, facts, around, self.level)
        return _hint(hidden, hints), secrets_of(answer.question, facts)


def _hint(answer: Answer, hints: Sequence[str]) -> Answer:
    sentences = tuple(Sentence(hint, (), "supported", verbatim=False) for hint in hints)
    return replace(answer, status="answered", rung="composed", text="\n\n".join(hints), sentences=sentences)
