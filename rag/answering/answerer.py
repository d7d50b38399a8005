"""The answerer: decides how a question is answered before anything is written, and abstains where evidence is thin."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.answering.composer import Composer
from rag.answering.layout import lay_out
from rag.answering.questions import asks_the_same, mentions_all, names_in, parts_of
from rag.answering.selection import Chosen
from rag.citations import CitationList
from rag.models import Answer, Evidence, Provenance, Rung, Search, Sentence, Span, Status, Suggestion
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
    """Answers questions from the corpus, without a language model."""

    retriever: Retriever
    composer: Composer
    store: PassageStore
    provenance: Provenance

    def ask(self, question: str, *, exclude: Collection[str] = ()) -> Answer:
        """Answer a question.

        Args:
            exclude: urls of entries to answer as if they were not in the corpus.

        Raises:
            QuestionError: the question is empty or too long.
        """
        started = time.perf_counter()
        question = question.strip()
        found = self.retriever.search(question, limit=_EVIDENCE, exclude=exclude)
        retrieved = time.perf_counter()
        reply = self._curated(question, found) or self._composed(found, exclude)
        finished = time.perf_counter()
        return Answer(
            question=question,
            status=reply.status,
            rung=reply.rung,
            text=reply.text,
            sentences=reply.sentences,
            citations=reply.citations.citations(),
            suggestions=_suggestions(reply, found.evidence),
            evidence=found.evidence,
            provenance=self.provenance,
            timings_ms={
                "retrieve": _ms(retrieved - started),
                "compose": _ms(finished - retrieved),
                "total": _ms(finished - started),
            },
            notices=tuple(dict.fromkeys(reply.notices)),
        )

    def _curated(self, question: str, found: Search) -> _Reply | None:
        """Return the whole answer of an entry that was asked this very question, if there is one."""
        same = next((one for one in found.evidence if asks_the_same(question, one.title)), None)
        if same is None:
            return None
        citations = CitationList(self.store.answer_of, self.store.question_of)
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
        citations = CitationList(self.store.answer_of, self.store.question_of)
        parts = parts_of(found.query.question)
        covered: list[list[Chosen]] = []
        uncovered: list[str] = []
        notices = list(found.notices)
        for part in parts:
            own = found if len(parts) == 1 else self.retriever.search(part, limit=_EVIDENCE, exclude=exclude)
            notices += own.notices
            statements = self._compose_part(own, len(parts))
            fresh = _without_repeats(statements, covered)
            covered += [fresh] if fresh else []
            uncovered += [] if statements else [part]
        if not covered:
            return _Reply("abstained", "composed", ABSTENTION, (), citations, notices)
        sentences = tuple(_cite(one, citations) for statements in covered for one in statements)
        status: Status = "partial" if uncovered else "answered"
        blocks = [*map(lay_out, covered), *(f"{NOT_COVERED} {part}" for part in uncovered)]
        return _Reply(status, "composed", "\n\n".join(blocks), sentences, citations, notices)

    def _compose_part(self, found: Search, parts: int) -> list[Chosen]:
        """Return the statements that answer; none where the evidence is thin or they lack a name the question uses."""
        query, evidence = found.query, found.evidence
        has_words = not all(term.isdigit() for term in terms_of(query.question))
        if not has_words or not evidence or evidence[0].score < ENOUGH:
            return []
        chosen = self.composer.compose(query, evidence, parts)
        said = " ".join(f"{one.statement.passage.section} {one.statement.text}" for one in chosen)
        return chosen if mentions_all(said, names_in(query.question), query.concepts) else []


@dataclass(frozen=True, slots=True)
class _Reply:
    status: Status
    rung: Rung
    text: str
    sentences: tuple[Sentence, ...]
    citations: CitationList
    notices: Sequence[str]


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
