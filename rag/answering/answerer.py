"""The answerer: decides how a question is answered before anything is written, and abstains where evidence is thin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from rag.answering.assembly import Assembly
from rag.answering.generator import AnswerGenerator, Outcome, evidence_sections
from rag.answering.keeping import Keeper
from rag.answering.layout import lay_out
from rag.answering.premises import CORRECTION, FalsePremise, false_premise_in
from rag.answering.questions import asks_the_same, mentions_all, names_in, parts_of
from rag.answering.reply import Part, Reply, abstained, shown_at_once, with_gaps
from rag.answering.selection import Chosen
from rag.answering.stopwatch import Stopwatch
from rag.answering.suggesting import Suggester
from rag.answering.written import Written
from rag.citations import CitationList
from rag.grounding import as_among_many
from rag.models import (
    NOTHING_SEEN,
    Answer,
    AnswerBegun,
    AnswerEvent,
    CorrectedPremise,
    Evidence,
    Provenance,
    Query,
    Search,
    Seen,
    Sentence,
    SentenceShown,
    Span,
    Usage,
)
from rag.passages import split_sentences, terms_of
from rag.ports import PassageStore
from rag.retrieval import Retriever

ENOUGH = 0.5
"""Where the first entry more probably than not fails to answer the question, nothing is answered; docs/retrieval.md."""

_EVIDENCE = 10
_NOTHING_TAKEN = Usage(reported=True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, what is hidden from its answer, and what its reader has seen."""

    question: str
    exclude: Collection[str]
    seen: Seen


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a question is to be answered.

    Attributes:
        found: for the whole question.
        reply: that needs no model; None where a model is to write.
        parts: to write about.
        key: what the answer is to be kept under; None where none is kept.
        kept_model: that wrote the reply before; None where none did.
        false: what the question takes for granted, to be corrected above what a model writes; such an answer is not
            kept.
    """

    found: Search
    reply: Reply | None
    parts: Sequence[Part] = ()
    key: str | None = None
    kept_model: str | None = None
    false: FalsePremise | None = None


class Composes(Protocol):
    """Chooses the sentences of an answer; see `rag.answering.Composer`."""

    def compose(self, query: Query, evidence: Sequence[Evidence], parts: int = 1) -> list[Chosen]:
        """Return the statements of an answer in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions from the corpus.

    Attributes:
        composer: chooses the sentences of an answer.
        generator: writes what is not curated; None where there is no language model, and where the composer answers.
        keeper: keeps what the generator wrote; None where nothing is kept.
        curates: whether an entry that was asked the very question answers it whole; else its answer is as any other.
    """

    retriever: Retriever
    composer: Composes
    store: PassageStore
    provenance: Provenance
    generator: AnswerGenerator | None = None
    keeper: Keeper | None = None
    curates: bool = True

    def ask(self, question: str, *, exclude: Collection[str] = (), seen: Seen = NOTHING_SEEN) -> Answer:
        """Answer a question without a language model.

        Args:
            exclude: urls of entries to answer as if they were not in the corpus.
            seen: what is not to be suggested again.

        Raises:
            QuestionError: the question is empty or too long.
        """
        watch = Stopwatch()
        question = question.strip()
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        watch.lap("retrieve")
        reply = self._curated(question, found) or self._composed(found, exclude, self._false_premise(found))
        watch.lap("compose")
        return self._answer(_Asked(question, exclude, seen), found, reply, watch)

    async def stream(
        self, question: str, *, exclude: Collection[str] = (), seen: Seen = NOTHING_SEEN
    ) -> AsyncGenerator[AnswerEvent]:
        """Answer a question while it is being written: how it begins, each sentence once it is checked, and the whole.

        The last event is the answer, however the model fares: where it fails, or says little that the entries bear out,
        the composer goes on from there, and a notice says why. Closing the generator ends the model's reply at once.

        Args:
            exclude, seen: as for `ask`, which raises the same.
        """
        watch = Stopwatch()
        question = question.strip()
        asked = _Asked(question, exclude, seen)
        plan = await asyncio.to_thread(self._plan, question, exclude, watch)
        found, parts = plan.found, plan.parts
        if plan.reply is not None:
            yield AnswerBegun(question, plan.reply.rung, found.evidence)
            for shown in shown_at_once(plan.reply):
                yield shown
            watch.lap("compose" if plan.kept_model is None else "recall")
            outcome = None if plan.kept_model is None else Outcome(plan.kept_model, _NOTHING_TAKEN, 0.0)
            answer = await asyncio.to_thread(self._answer, asked, found, plan.reply, watch, outcome)
            yield replace(answer, cached=plan.kept_model is not None)
        else:
            yield AnswerBegun(question, "generated", found.evidence)
            written = Written(Assembly(self._citations()), Outcome())
            for shown in written.correct(plan.false) if plan.false else ():
                yield shown
            async with aclosing(self._generate(question, found, parts, exclude, written, plan.false)) as events:
                async for shown in events:
                    if len(written.assembly.sentences) == 1:
                        watch.lap("first sentence")
                    yield shown
            watch.lap("generate")
            reply = written.reply(found, parts)
            if self.keeper is not None and plan.key is not None:
                await asyncio.to_thread(self.keeper.keep, plan.key, written, reply)
            yield await asyncio.to_thread(self._answer, asked, found, reply, watch, written.outcome)

    def _plan(self, question: str, exclude: Collection[str], watch: Stopwatch) -> _Plan:
        """Return how a question is to be answered, with the reply where it needs no model."""
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        watch.lap("retrieve")
        reply = self._curated(question, found)
        if reply is not None:
            return _Plan(found, reply)
        false = self._false_premise(found)
        if self.generator is None:
            return _Plan(found, self._composed(found, exclude, false))
        parts = self._parts(found, exclude)
        if not any(part.is_covered for part in parts):
            reply = self._composed(found, exclude, false) if false else None
            return _Plan(found, reply or abstained("generated", self._citations(), found.notices))
        if self.keeper is None or false is not None:
            return _Plan(found, None, parts, false=false)
        key = self.keeper.key(question, exclude, parts, self.generator, self.store)
        kept = self.keeper.recall(key, found, parts, self._citations())
        return _Plan(found, None, parts, key) if kept is None else _Plan(found, kept[0], parts, key, kept[1])

    def _false_premise(self, found: Search) -> FalsePremise | None:
        """Return what the question takes for granted and the evidence surely contradicts."""
        weigh = as_among_many(self.retriever.snapshot.postings.weight)
        return false_premise_in(found.query.question, found.evidence, weigh)

    async def _generate(  # noqa: PLR0913, PLR0917 all that a reply is made from
        self,
        question: str,
        found: Search,
        parts: Sequence[Part],
        exclude: Collection[str],
        written: Written,
        false: FalsePremise | None,
    ) -> AsyncGenerator[SentenceShown]:
        """Give the sentences of a generated answer, and then the composer's where too little came of it."""
        if self.generator is None:
            return
        sections = evidence_sections([part.found for part in parts if part.is_covered])
        async with aclosing(self.generator.generate(question, sections, written.outcome, false)) as said:
            async for one, opening in said:
                yield written.add(one, opening)
        if written.is_thin():
            composed = await asyncio.to_thread(self._composed, found, exclude)
            for shown in written.complete(composed):
                yield shown

    def _answer(
        self, asked: _Asked, found: Search, reply: Reply, watch: Stopwatch, outcome: Outcome | None = None
    ) -> Answer:
        generator = self.generator if outcome is not None else None
        provenance = self.provenance
        if outcome is not None and outcome.model is not None and generator is not None:
            provenance = replace(provenance, model=outcome.model, prompt=generator.prompt.fingerprint)
        usage, cost_usd = (None, 0.0) if outcome is None else outcome.spent()
        citations = reply.citations.citations()
        cited = {citation.url for citation in citations}
        suggester = Suggester(self.retriever.snapshot, self.store)
        suggestions = suggester.suggest(found, cited, asked.seen, asked.exclude)
        watch.lap("suggest")
        return Answer(
            question=asked.question,
            status=reply.status,
            rung=reply.rung,
            text=reply.text,
            sentences=reply.sentences,
            citations=citations,
            suggestions=suggestions,
            evidence=found.evidence,
            provenance=provenance,
            timings_ms=watch.timings_ms(),
            notices=tuple(dict.fromkeys(reply.notices)),
            usage=usage,
            cost_usd=cost_usd if usage is not None else 0.0,
            corrected=reply.corrected,
        )

    def _citations(self) -> CitationList:
        return CitationList(self.store.answer_of, self.store.question_of)

    def _parts(self, found: Search, exclude: Collection[str]) -> list[Part]:
        """Return the parts of a question, each with what is found for it and whether that is enough to answer it."""
        parts = [found.query.question] if self._is_own(found) else parts_of(found.query.question)
        searches = [
            found if len(parts) == 1 else self.retriever.search(part, limit=_EVIDENCE, exclude=exclude)
            for part in parts
        ]
        return [
            Part(part, own, self._is_own(own) or _is_covered(own)) for part, own in zip(parts, searches, strict=True)
        ]

    def _is_own(self, found: Search) -> bool:
        """Return whether an entry that was asked this very question is to answer it as any other."""
        return not self.curates and curated_entry(found.query.question, found) is not None

    def _curated(self, question: str, found: Search) -> Reply | None:
        """Return the whole answer of an entry that was asked this very question, if there is one."""
        same = curated_entry(question, found)
        if same is None or not self.curates:
            return None
        citations = self._citations()
        sections = sorted((scored.passage for scored in same.sections), key=lambda passage: passage.start)
        sentences: list[Sentence] = []
        for passage in sections:
            number = citations.cite(passage, Span(passage.start, passage.end))
            texts = (passage.text[span.start : span.end] for span in split_sentences(passage.text))
            sentences.extend(Sentence(text, (number,), "supported") for text in texts)
        text = self.store.answer_of(same.url)
        return Reply("answered", "curated", text, tuple(sentences), citations, found.notices)

    def _composed(self, found: Search, exclude: Collection[str], false: FalsePremise | None = None) -> Reply:
        """Return an answer made of the best sentences of the best entries, for each part that has some.

        Args:
            false: what the question takes for granted: the answer begins with what the entries say instead.
        """
        citations = self._citations()
        covered: list[list[Chosen]] = [false.chosen] if false else []
        uncovered: list[str] = []
        notices = list(found.notices)
        parts = self._parts(found, exclude)
        for part in parts:
            notices += part.found.notices
            statements = self._compose_part(part.found, len(parts))
            fresh = _without_repeats(statements, covered)
            covered += [fresh] if fresh else []
            uncovered += [] if statements or (false and len(parts) == 1) else [part.question]
        if not covered:
            return abstained("composed", citations, notices)
        sentences = tuple(_cite(one, citations) for statements in covered for one in statements)
        text = "\n\n".join([*([CORRECTION] if false else []), *map(lay_out, covered)])
        numbers = dict.fromkeys(n for one in sentences[: len(false.shown)] for n in one.citations) if false else ()
        return Reply(
            "partial" if uncovered else "answered",
            "composed",
            with_gaps(text, uncovered),
            sentences,
            citations,
            notices,
            CorrectedPremise(false.statement, tuple(numbers)) if false else None,
        )

    def _compose_part(self, found: Search, parts: int) -> list[Chosen]:
        """Return the statements that answer; none where the evidence is thin or they lack a name the question uses."""
        is_own = self._is_own(found)
        if not (is_own or _is_enough(found)):
            return []
        chosen = self.composer.compose(found.query, found.evidence, parts)
        said = " ".join(f"{one.statement.passage.section} {one.statement.text}" for one in chosen)
        if is_own:
            return chosen
        return chosen if mentions_all(said, names_in(found.query.question), found.query.concepts) else []


def curated_entry(question: str, found: Search) -> Evidence | None:
    """Return the entry that was asked this very question, to the letter if one was; None where none is found."""
    asking = [one for one in found.evidence if asks_the_same(question, one.title)]
    return next((one for one in asking if one.title.strip() == question), asking[0]) if asking else None


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
