"""The answerer: decides how a question is answered before anything is written, and abstains where evidence is thin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from rag.answering.assembly import Assembly
from rag.answering.composer import Composer
from rag.answering.generator import AnswerGenerator, Outcome, as_among_many, evidence_sections
from rag.answering.layout import lay_out
from rag.answering.premises import CORRECTION, FalsePremise, false_premise_in
from rag.answering.questions import asks_the_same, mentions_all, names_in, parts_of
from rag.answering.reply import Part, Reply, abstained, shown_at_once, with_gaps
from rag.answering.selection import Chosen
from rag.answering.stopwatch import Stopwatch
from rag.answering.written import Written
from rag.citations import CitationList
from rag.models import (
    Answer,
    AnswerBegun,
    AnswerEvent,
    CorrectedPremise,
    Evidence,
    Provenance,
    Search,
    Sentence,
    SentenceShown,
    Span,
    Suggestion,
)
from rag.passages import split_sentences, terms_of
from rag.ports import PassageStore
from rag.retrieval import Retriever

ENOUGH = 0.5
"""Where the first entry more probably than not fails to answer the question, nothing is answered; docs/retrieval.md."""

_EVIDENCE = 10
_SUGGESTIONS = 3


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
        watch = Stopwatch()
        question = question.strip()
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        watch.lap("retrieve")
        reply = self._curated(question, found) or self._composed(found, exclude, self._false_premise(found))
        watch.lap("compose")
        return self._answer(question, found, reply, watch)

    async def stream(self, question: str, *, exclude: Collection[str] = ()) -> AsyncGenerator[AnswerEvent]:
        """Answer a question while it is being written: how it begins, each sentence once it is checked, and the whole.

        The last event is the answer, however the model fares: where it fails, or says little that the entries bear out,
        the composer goes on from there, and a notice says why. Closing the generator ends the model's reply at once.

        Args:
            exclude: as for `ask`, which raises the same.
        """
        watch = Stopwatch()
        question = question.strip()
        found, reply, parts, false = await asyncio.to_thread(self._plan, question, exclude, watch)
        if reply is not None:
            yield AnswerBegun(question, reply.rung, found.evidence)
            for shown in shown_at_once(reply):
                yield shown
            watch.lap("compose")
            yield self._answer(question, found, reply, watch)
        else:
            yield AnswerBegun(question, "generated", found.evidence)
            written = Written(Assembly(self._citations()), Outcome())
            for shown in written.correct(false) if false else ():
                yield shown
            async with aclosing(self._generate(question, found, parts, exclude, written, false)) as events:
                async for shown in events:
                    if len(written.assembly.sentences) == 1:
                        watch.lap("first sentence")
                    yield shown
            watch.lap("generate")
            yield self._answer(question, found, written.reply(found, parts), watch, written.outcome)

    def _plan(
        self, question: str, exclude: Collection[str], watch: Stopwatch
    ) -> tuple[Search, Reply | None, Sequence[Part], FalsePremise | None]:
        """Return what is found, the reply that needs no model or else none, the parts to write about, what is false."""
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        watch.lap("retrieve")
        reply = self._curated(question, found)
        if reply is not None:
            return found, reply, (), None
        false = self._false_premise(found)
        if self.generator is None:
            return found, self._composed(found, exclude, false), (), None
        parts = self._parts(found, exclude)
        if any(part.is_covered for part in parts):
            return found, None, parts, false
        reply = self._composed(found, exclude, false) if false else None
        return found, reply or abstained("generated", self._citations(), found.notices), (), None

    def _false_premise(self, found: Search) -> FalsePremise | None:
        """Return what the question takes for granted and the evidence surely contradicts."""
        weigh = as_among_many(self.composer.postings.weight)
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
        self, question: str, found: Search, reply: Reply, watch: Stopwatch, outcome: Outcome | None = None
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
            corrected=reply.corrected,
        )

    def _citations(self) -> CitationList:
        return CitationList(self.store.answer_of, self.store.question_of)

    def _parts(self, found: Search, exclude: Collection[str]) -> list[Part]:
        """Return the parts of a question, each with what is found for it and whether that is enough to answer it."""
        parts = parts_of(found.query.question)
        searches = [
            found if len(parts) == 1 else self.retriever.search(part, limit=_EVIDENCE, exclude=exclude)
            for part in parts
        ]
        return [Part(part, own, _is_covered(own)) for part, own in zip(parts, searches, strict=True)]

    def _curated(self, question: str, found: Search) -> Reply | None:
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


def _suggestions(reply: Reply, evidence: Sequence[Evidence]) -> tuple[Suggestion, ...]:
    cited = {citation.url for citation in reply.citations.citations()}
    rest = [Suggestion(one.url, one.title) for one in evidence if one.url not in cited]
    return tuple(rest[:_SUGGESTIONS])
