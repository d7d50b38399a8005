"""A student's answer set beside an entry: key facts that he has and lacks, sentences right and wrong, a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rag.errors import QuestionError
from rag.grounding import Sources
from rag.models import CheckedFact, CheckedSentence, Citation, Coverage, Passage, Span, Verdict
from rag.ports import Embedder, Vectors
from rag.retrieval import QueryReader
from rag.tutoring.attributing import sides_in
from rag.tutoring.contradicting import Contradiction, contradiction_of
from rag.tutoring.covering import Said, coverage_of, place_of
from rag.tutoring.facts import KeyFact, Weigh, shares_of
from rag.tutoring.reading import StudentSentence, read_answer
from rag.tutoring.rewording import Note
from rag.tutoring.sources import EntrySource, Place, entry_text

MOST_CHARACTERS: Final = 4_000
"""Of a student's answer: ten times what an entry has; more is a pasted document."""

_CREDIT: Final[dict[Coverage, float]] = {"covered": 1.0, "partly": 0.5, "missing": 0.0}
_TAKEN_BACK: Final = 0.5
"""What a wrong sentence takes back, of what a key fact counts on average."""


@dataclass(slots=True)
class Quotes:
    """The citations of a check: each place of an entry by itself, numbered by first use."""

    url: str
    title: str
    answer: str
    _cited: dict[Span, Citation] = field(default_factory=dict[Span, Citation])

    def cite(self, passage: Passage, span: Span) -> int:
        """Return the number of the citation of a place."""
        if span not in self._cited:
            quote = self.answer[span.start : span.end]
            number = len(self._cited) + 1
            self._cited[span] = Citation(number, self.url, self.title, passage.section, quote, span.start, span.end)
        return self._cited[span].n

    def quote(self, number: int) -> str:
        """Return what a citation quotes."""
        return self.citations()[number - 1].quote

    def citations(self) -> tuple[Citation, ...]:
        """Return the citations by number."""
        return tuple(self._cited.values())


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check."""

    score: float
    facts: tuple[CheckedFact, ...]
    sentences: tuple[CheckedSentence, ...]


def check_answer(answer: str) -> None:
    """Refuse a student's answer that cannot be checked.

    Raises:
        QuestionError: it is empty, longer than `MOST_CHARACTERS`, broken, or holds no words.
    """
    if not answer.strip():
        raise QuestionError("the student's answer is empty; give what is to be checked")
    if len(answer) > MOST_CHARACTERS:
        raise QuestionError(f"the student's answer has {len(answer):,} characters; give {MOST_CHARACTERS:,} at most")
    try:
        answer.encode()
    except UnicodeEncodeError as error:
        raise QuestionError(
            f"the student's answer holds a broken character at position {error.start}; type it anew"
        ) from error
    if not any(map(str.isalpha, answer)):
        raise QuestionError("the student's answer holds no words; give it in words")


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks students' answers.

    Attributes:
        weigh: how telling a stem is.
    """

    embedder: Embedder
    reader: QueryReader
    weigh: Weigh

    def check(self, answer: str, entry: EntrySource, facts: Sequence[KeyFact], quotes: Quotes) -> Checked:
        """Return what an entry says of a student's answer; see `check_answer` for what is refused before."""
        sentences = read_answer(answer, self.reader)
        texts = [entry_text(fact.text) for fact in facts]
        vectors = self.embedder.embed([*texts, *(sentence.read_as for sentence in sentences)])
        said = Said(sentences, vectors[len(texts) :])
        proven = self._proven(sentences, entry)
        sides = sides_in(entry.question)
        against = {
            number: found
            for number, sentence in enumerate(sentences)
            if number not in proven
            and (found := contradiction_of(sentence.words, entry, sides, self.weigh)) is not None
        }
        checked_facts = self._facts(facts, vectors[: len(texts)], said.without(against), entry, quotes)
        near = [place_of(*one, entry, self.weigh) for one in zip(sentences, said.vectors, strict=True)]
        checked = tuple(
            _finding(sentence, proven.get(number), against.get(number), near[number], quotes)
            for number, sentence in enumerate(sentences)
        )
        return Checked(_score(checked_facts, len(against)), checked_facts, checked)

    def _facts(
        self, facts: Sequence[KeyFact], vectors: Vectors, said: Said, entry: EntrySource, quotes: Quotes
    ) -> tuple[CheckedFact, ...]:
        return tuple(
            CheckedFact(
                fact.text,
                coverage_of(fact, vector, said, entry.asked, self.weigh),
                quotes.cite(fact.statement.passage, fact.statement.span),
                round(share, 4),
            )
            for fact, vector, share in zip(facts, vectors, shares_of(facts), strict=True)
        )

    def _proven(self, sentences: Sequence[StudentSentence], entry: EntrySource) -> dict[int, Verdict]:
        """Return the verdicts on the sentences that the entry bears out word by word, as a model's must be."""
        passages = {place.passage.id: place.passage for place in entry.places}
        sources = Sources([(passage, entry.question) for passage in passages.values()], self.weigh)
        return {
            number: verdict
            for number, sentence in enumerate(sentences)
            for verdict in map(sources.check, dict.fromkeys((sentence.read_as, sentence.text)))
            if verdict.support == "supported"
        }


def _finding(
    sentence: StudentSentence,
    proven: Verdict | None,
    against: Contradiction | None,
    near: Place | None,
    quotes: Quotes,
) -> CheckedSentence:
    if proven is not None and proven.passage is not None and proven.span is not None:
        return CheckedSentence(sentence.text, "right", quotes.cite(proven.passage, proven.span), "")
    if against is not None:
        number = quotes.cite(against.place.passage, against.place.span)
        return CheckedSentence(sentence.text, "wrong", number, against.reason)
    if near is None:
        return CheckedSentence(sentence.text, "unsaid", None, "")
    return CheckedSentence(sentence.text, "alike", quotes.cite(near.passage, near.span), "")


def _score(facts: Sequence[CheckedFact], wrong: int) -> float:
    has = sum(fact.weight * _CREDIT[fact.coverage] for fact in facts)
    return round(min(1.0, max(0.0, has - wrong * _TAKEN_BACK / len(facts))), 3) if facts else 0.0


def notes_on(checked: Checked, quotes: Quotes) -> list[Note]:
    """Return what to tell a student, point by point: how much he has, what is wrong, what is missing."""
    counts = Counter(fact.coverage for fact in checked.facts)
    begun = f", and {counts['partly']} in part" if counts["partly"] else ""
    notes = [Note(f"You have {counts['covered']} of the {len(checked.facts)} key points{begun}.")]
    for sentence in checked.sentences:
        if sentence.finding == "wrong" and sentence.citation is not None:
            quote = quotes.quote(sentence.citation)
            notes.append(Note(f'Not so: "{sentence.text}" The entry says: "{quote}"', sentence.citation))
    notes += [
        Note(f"{title}: {fact.text}", fact.citation)
        for title, coverage in (("In part", "partly"), ("Missing", "missing"))
        for fact in checked.facts
        if fact.coverage == coverage
    ]
    notes += [
        Note(f'Compare: "{sentence.text}" The entry says: "{quotes.quote(sentence.citation)}"', sentence.citation)
        for sentence in checked.sentences
        if sentence.finding == "alike" and sentence.citation is not None
    ]
    notes += [
        Note(f'The entry says nothing of this: "{sentence.text}"')
        for sentence in checked.sentences
        if sentence.finding == "unsaid"
    ]
    return notes


def feedback_on(checked: Checked, quotes: Quotes) -> str:
    """Return what to tell a student, as Markdown."""
    first, *others = notes_on(checked, quotes)
    points = [f"- {note.text}" + (f" [{note.citation}]" if note.citation is not None else "") for note in others]
    return "\n\n".join([first.text, "\n".join(points)] if points else [f"{first.text} Nothing is missing."])
