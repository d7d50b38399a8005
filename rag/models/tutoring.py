"""What a tutor says: how an answer is to be given, what becomes of a student's own, and what he is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.models.answers import Citation, Provenance, Suggestion
from rag.models.chatting import Usage

Coverage = Literal["covered", "partly", "missing"]
Finding = Literal["right", "alike", "wrong", "unsaid"]
"""What an entry says of a student's sentence: the same, otherwise, or nothing."""


@dataclass(frozen=True, slots=True)
class CheckedFact:
    """A key fact of the entry, and how much of it the student has.

    Attributes:
        text: verbatim.
        citation: number of its citation.
        weight: its share of the whole, from 0 to 1; the weights of a check add up to 1.
    """

    text: str
    coverage: Coverage
    citation: int
    weight: float


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of the student's answer, and what the entry says of it.

    Attributes:
        text: as he wrote it.
        finding: ``right`` only where the entry says it word by word; ``alike`` where it says something like it, which
            the student is to compare: whether it is the same cannot be told for sure.
        citation: number of the citation that bears it out or says otherwise; None where the entry says nothing of it.
        reason: what the entry says otherwise, in a few words; empty unless it does.
    """

    text: str
    finding: Finding
    citation: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """A student's answer, checked against an entry.

    Attributes:
        question: as it was asked, or the question of the entry that was named.
        status: ``abstained`` where no entry is sure enough to answer the question: nothing was checked then.
        url, title: of the entry; empty where there is none.
        score: share of the key facts that the student has, less what is wrong, from 0 to 1; 0 for an abstention.
        facts: in the entry's order.
        sentences: in the student's order.
        feedback: what to tell the student, as Markdown.
        suggestions: nearest entries of a question that was not checked.
        notices: what the reader should know of how it was made, as `Search.notices`.
        usage, cost_usd: of a language model's wording of the feedback, as in `Answer`.
    """

    question: str
    status: Literal["checked", "abstained"]
    url: str
    title: str
    score: float
    facts: tuple[CheckedFact, ...]
    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Citation, ...]
    feedback: str
    suggestions: tuple[Suggestion, ...]
    provenance: Provenance
    notices: tuple[str, ...] = ()
    usage: Usage | None = None
    cost_usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question to a student, which an entry answers.

    Attributes:
        url: of the entry, to check his answer against.
        points: how many key facts its answer has.
        seed: that it was drawn with.
    """

    question: str
    url: str
    points: int
    seed: int
    notices: tuple[str, ...] = ()
