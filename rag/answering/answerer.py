"""The answerer: decides how a question is answered before anything is written, and abstains where evidence is thin."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from rag.answering.assembly import Assembly, leads_in
from rag.answering.composer import Composer
from rag.answering.generator import AnswerGenerator, Outcome, evidence_sections
from rag.answering.layout import lay_out
from rag.answering.questions import asks_the_same, mentions_all, names_in, parts_of
from rag.answering.selection import Chosen
from rag.answering.wording import leans_back
from rag.citations import CitationList
from rag.models import (
    Answer,
    AnswerBegun,
    AnswerEvent,
    Evidence,
    Provenance,
    Rung,
    Search,
    Sentence,
    SentenceShown,
    Span,
    Status,
    Suggestion,
)
from rag.passages import split_sentences, terms_of
from rag.ports import PassageStore
from rag.retrieval import Retriever

ENOUGH = 0.5
"""Where the first entry more probably than not fails to answer the question, nothing is answered; docs/retrieval.md."""

_EVIDENCE = 10
_SUGGESTIONS = 3

ABSTENTION = "The corpus does not answer this question."
NOT_COVERED = "The corpus does not answer this part of the question:"


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions from the corpus.

    Attributes:
        generator: writes what is not curated; None where there is no language model, and where the composer answers.
    """

    retriever: Retriever
    composer: Composer
    store: PassageStore
    provenance: Provenance
    generator: AnswerGenerator | None = None

    def ask(self, question: str, *, exclude: Collection[str] = ()) -> Answer:
        """Answer a question without a language model.

        Args:
            exclude: urls of entries to answer as if they were not in the corpus.

        Raises:
            QuestionError: the question is empty or too long.
        """
        watch = _Watch()
        question = question.strip()
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        watch.lap("retrieve")
        reply = self._curated(question, found) or self._composed(found, exclude)
        watch.lap("compose")
        return self._answer(question, found, reply, watch)

    async def stream(self, question: str, *, exclude: Collection[str] = ()) -> AsyncGenerator[AnswerEvent]:
        """Answer a question while it is being written: how it begins, each sentence once it is checked, and the whole.

        The last event is the answer, however the model fares: where it fails, or says little that the entries bear out,
        the composer goes on from there, and a notice says why. Closing the generator ends the model's reply at once.

        Args:
            exclude: as for `ask`, which raises the same.
        """
        watch = _Watch()
        question = question.strip()
        found, reply, parts = await asyncio.to_thread(self._plan, question, exclude, watch)
        if reply is not None:
            yield AnswerBegun(question, reply.rung, found.evidence)
            for shown in _shown_at_once(reply):
                yield shown
            watch.lap("compose")
            yield self._answer(question, found, reply, watch)
        else:
            yield AnswerBegun(question, "generated", found.evidence)
            written = _Written(Assembly(self._citations()), Outcome())
            async with aclosing(self._generate(question, found, parts, exclude, written)) as events:
                async for shown in events:
                    if len(written.assembly.sentences) == 1:
                        watch.lap("first sentence")
                    yield shown
            watch.lap("generate")
            yield self._answer(question, found, written.reply(found, parts), watch, written.outcome)

    def _plan(
        self, question: str, exclude: Collection[str], watch: _Watch
    ) -> tuple[Search, _Reply | None, Sequence[_Part]]:
        """Return what is found, the reply that needs no model or else none, and the parts to write about."""
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        watch.lap("retrieve")
        reply = self._curated(question, found)
        if reply is not None or self.generator is None:
            return found, reply or self._composed(found, exclude), ()
        parts = self._parts(found, exclude)
        if not any(part.is_covered for part in parts):
            return found, _abstained("generated", self._citations(), found.notices), ()
        return found, None, parts

    async def _generate(
        self, question: str, found: Search, parts: Sequence[_Part], exclude: Collection[str], written: _Written
    ) -> AsyncGenerator[SentenceShown]:
        """Give the sentences of a generated answer, and then the composer's where too little came of it."""
        if self.generator is None:
            return
        sections = evidence_sections([part.found for part in parts if part.is_covered])
        async with aclosing(self.generator.generate(question, sections, written.outcome)) as said:
            async for one, opening in said:
                yield written.assembly.add(one, opening)
        if written.is_thin():
            composed = await asyncio.to_thread(self._composed, found, exclude)
            for shown in written.complete(composed):
                yield shown

    def _answer(
        self, question: str, found: Search, reply: _Reply, watch: _Watch, outcome: Outcome | None = None
    ) -> Answer:
        generator = self.generator if outcome is not None else None
        provenance = self.provenance
        if outcome is not None and outcome.model is not None and generator is not None:
            provenance = replace(provenance, model=outcome.model, prompt=generator.prompt.fingerprint)
        return Answer(
            question=question,
            status=reply.status,
            rung=reply.rung,
            text=reply.text,
            sentences=reply.sentences,
            citations=reply.citations.citations(),
            suggestions=_suggestions(reply, found.evidence),
            evidence=found.evidence,
            provenance=provenance,
            timings_ms=watch.timings_ms(),
            notices=tuple(dict.fromkeys(reply.notices)),
            usage=outcome.usage if outcome is not None else None,
            cost_usd=outcome.cost_usd if outcome is not None and outcome.usage is not None else 0.0,
        )

    def _citations(self) -> CitationList:
        return CitationList(self.store.answer_of, self.store.question_of)

    def _parts(self, found: Search, exclude: Collection[str]) -> list[_Part]:
        """Return the parts of a question, each with what is found for it and whether that is enough to answer it."""
        parts = parts_of(found.query.question)
        searches = [
            found if len(parts) == 1 else self.retriever.search(part, limit=_EVIDENCE, exclude=exclude)
            for part in parts
        ]
        return [_Part(part, own, _is_covered(own)) for part, own in zip(parts, searches, strict=True)]

    def _curated(self, question: str, found: Search) -> _Reply | None:
        """Return the whole answer of an entry that was asked this very question, if there is one."""
        same = next((one for one in found.evidence if asks_the_same(question, one.title)), None)
        if same is None:
            return None
        citations = self._citations()
        sections = sorted((scored.passage for scored in same.sections), key=lambda passage: passage.start)
        sentences: list[Sentence] = []
        for passage in sections:
            number = citations.cite(passage, Span(passage.start, passage.end))
            texts = (passage.text[span.start : span.end] for span in split_sentences(passage.text))
            sentences.extend(Sentence(text, (number,), "supported") for text in texts)
        text = self.store.answer_of(same.url)
        return _Reply("answered", "curated", text, tuple(sentences), citations, found.notices)

    def _composed(self, found: Search, exclude: Collection[str]) -> _Reply:
        """Return an answer made of the best sentences of the best entries, for each part that has some."""
        citations = self._citations()
        covered: list[list[Chosen]] = []
        uncovered: list[str] = []
        notices = list(found.notices)
        parts = self._parts(found, exclude)
        for part in parts:
            notices += part.found.notices
            statements = self._compose_part(part.found, len(parts))
            fresh = _without_repeats(statements, covered)
            covered += [fresh] if fresh else []
            uncovered += [] if statements else [part.question]
        if not covered:
            return _abstained("composed", citations, notices)
        sentences = tuple(_cite(one, citations) for statements in covered for one in statements)
        text = "\n\n".join(map(lay_out, covered))
        return _Reply(
            "partial" if uncovered else "answered",
            "composed",
            _with_gaps(text, uncovered),
            sentences,
            citations,
            notices,
        )

    def _compose_part(self, found: Search, parts: int) -> list[Chosen]:
        """Return the statements that answer; none where the evidence is thin or they lack a name the question uses."""
        if not _is_enough(found):
            return []
        chosen = self.composer.compose(found.query, found.evidence, parts)
        said = " ".join(f"{one.statement.passage.section} {one.statement.text}" for one in chosen)
        return chosen if mentions_all(said, names_in(found.query.question), found.query.concepts) else []


def _is_enough(found: Search) -> bool:
    """Return whether the first entry more probably answers than not."""
    has_words = not all(term.isdigit() for term in terms_of(found.query.question))
    return has_words and bool(found.evidence) and found.evidence[0].score >= ENOUGH


def _is_covered(found: Search) -> bool:
    """Return whether the evidence is enough, and has every name that the question uses."""
    if not _is_enough(found):
        return False
    names = names_in(found.query.question)
    if not names:
        return True
    told = " ".join(f"{title} {passage.section} {passage.text}" for passage, title in evidence_sections([found]))
    return mentions_all(told, names, found.query.concepts)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a question, what is found for it, and whether that answers it."""

    question: str
    found: Search
    is_covered: bool


@dataclass(frozen=True, slots=True)
class _Reply:
    status: Status
    rung: Rung
    text: str
    sentences: tuple[Sentence, ...]
    citations: CitationList
    notices: Sequence[str]


def _abstained(rung: Rung, citations: CitationList, notices: Sequence[str]) -> _Reply:
    return _Reply("abstained", rung, ABSTENTION, (), citations, notices)


def _with_gaps(text: str, uncovered: Sequence[str]) -> str:
    """Return a text that ends by naming the parts of the question that nothing answers."""
    return "\n\n".join([text, *(f"{NOT_COVERED} {part}" for part in uncovered)])


def _shown_at_once(reply: _Reply) -> Iterator[SentenceShown]:
    """Give the sentences of a finished reply as they are shown."""
    citations = reply.citations.citations()
    for sentence, lead in zip(reply.sentences, leads_in(reply.text, reply.sentences), strict=True):
        yield SentenceShown(sentence, lead, tuple(one for one in citations if one.n in sentence.citations))


@dataclass(slots=True)
class _Written:
    """A generated answer while it grows: what is shown, and what came of the model.

    Attributes:
        composed: what stands in place of it all, where nothing that the model wrote is shown.
        is_completed: whether it ends with sentences of the composer's.
    """

    assembly: Assembly
    outcome: Outcome
    composed: _Reply | None = None
    is_completed: bool = False

    def is_thin(self) -> bool:
        """Return whether the reply is not whole, or most of it was left out; not where the model declined."""
        if self.outcome.failure is not None:
            return True
        if not self.assembly.sentences:
            return not self.outcome.declined
        return 2 * self.outcome.left_out > self.outcome.written

    def complete(self, composed: _Reply) -> Iterator[SentenceShown]:
        """Put the composer's sentences at the end, but what was said, and give them."""
        if not self.assembly.sentences and composed.sentences:
            self.composed = composed
        cited = {one.n: one for one in composed.citations.citations()}
        for sentence, lead in self._unsaid(composed):
            numbers = tuple(self.assembly.citations.adopt(cited[n], composed.citations) for n in sentence.citations)
            begins = lead if self.composed or self.is_completed else "\n\n" + lead.lstrip()
            self.is_completed = True
            yield self.assembly.append(replace(sentence, citations=numbers), begins)

    def _unsaid(self, composed: _Reply) -> Iterator[tuple[Sentence, str]]:
        """Give the composer's sentences that were not said, nor lean on one that is skipped, each with its lead."""
        told = [one.source for one in self.outcome.said if one.support == "supported"]
        skipped: str | None = None
        for sentence, lead in zip(composed.sentences, leads_in(composed.text, composed.sentences), strict=True):
            begins = lead if skipped is None else _lead_after(skipped, lead)
            leans_on_skipped = skipped is not None and leans_back(sentence.text)
            is_row = sentence.text.startswith("|")
            if not is_row and (leans_on_skipped or any(sentence.text in source for source in told)):
                skipped = begins
            else:
                skipped = None
                yield sentence, begins

    def reply(self, found: Search, parts: Sequence[_Part]) -> _Reply:
        """Return what the answer is in the end."""
        notices = [*found.notices, *(one for part in parts for one in part.found.notices), *self._notices()]
        if self.composed is not None:
            return replace(self.composed, notices=notices)
        if not self.assembly.sentences:
            return _abstained("generated", self.assembly.citations, notices)
        uncovered = [part.question for part in parts if not part.is_covered]
        return _Reply(
            "partial" if uncovered else "answered",
            "generated",
            _with_gaps(self.assembly.text, uncovered),
            tuple(self.assembly.sentences),
            self.assembly.citations,
            notices,
        )

    def _notices(self) -> Iterator[str]:
        failure = self.outcome.failure
        if failure is not None and self.is_completed:
            what = "The answer was" if self.composed else "The rest of the answer was"
            yield f"{what} put together from the entries without the language model: {failure}"
        elif failure is not None:
            yield f"The language model did not finish its answer: {failure}"
        elif self.composed and not self.outcome.written:
            yield "The answer was put together from the entries: the language model wrote no sentence."
        elif self.outcome.left_out:
            many = f"{self.outcome.left_out} of the {self.outcome.written} sentences"
            why = "no entry says them, or its own words stand there already"
            yield f"{many} that the language model wrote are not shown: {why}."


def _lead_after(skipped: str, lead: str) -> str:
    """Return what stands before a sentence once the one before it is skipped, which had a lead of its own.

    One that went on takes its place, name and all; a further point of a list takes the list's heading.
    """
    if lead.startswith("\n\n"):
        return lead
    return skipped.rpartition("\n")[0] + lead if lead.startswith("\n") else skipped


class _Watch:
    """Tells the stages of an answer apart in time."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """End a stage; one that ended before stays as it was."""
        now = time.perf_counter()
        if stage not in self._laps:
            self._laps[stage] = _ms(now - self._last)
            self._last = now

    def timings_ms(self) -> dict[str, float]:
        """Return how long each stage took, and all of them."""
        return {**self._laps, "total": _ms(time.perf_counter() - self._began)}


def _without_repeats(statements: Sequence[Chosen], covered: Sequence[Sequence[Chosen]]) -> list[Chosen]:
    """Return the statements that answer a further part of a question: none shown before or leaning on such a one."""
    shown = {one.statement.place for part in covered for one in part}
    dropped: set[tuple[str, int]] = set()
    fresh: list[Chosen] = []
    for one in statements:
        statement = one.statement
        antecedent = None if statement.stands_alone else statement.antecedent
        leans_on_dropped = antecedent is not None and antecedent.place in dropped
        if statement.place in shown or leans_on_dropped or (covered and statement.sums_up):
            dropped.add(statement.place)
        else:
            fresh.append(one)
    return fresh


def _cite(chosen: Chosen, citations: CitationList) -> Sentence:
    numbers = {citations.cite(one.passage, one.span): None for one in (chosen.statement, *chosen.same)}
    return Sentence(chosen.statement.text, tuple(numbers), "supported")


def _suggestions(reply: _Reply, evidence: Sequence[Evidence]) -> tuple[Suggestion, ...]:
    cited = {citation.url for citation in reply.citations.citations()}
    rest = [Suggestion(one.url, one.title) for one in evidence if one.url not in cited]
    return tuple(rest[:_SUGGESTIONS])


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
