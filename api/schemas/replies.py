"""What callers get; the words are those of `rag.wire`, which writes it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from rag.models import (
    CheckedSentence,
    Citation,
    CorrectedPremise,
    Coverage,
    Mode,
    Provenance,
    Rung,
    Sentence,
    Status,
    Suggestion,
    Usage,
)


class PassageReply(BaseModel):
    """The piece of an entry that fits a question best; characters `start` to `end` of its decoded answer."""

    section: str
    text: str
    start: int
    end: int


class EvidenceReply(BaseModel):
    """An entry as it was found for a question; `score` is how surely it answers, from 0 to 1."""

    rank: int
    url: str
    title: str
    score: float
    passage: PassageReply
    why: dict[str, Any] | None = None


class AnswerReply(BaseModel):
    """An answer; `answer_id` names it in feedback, `html` is its text as a page may show it, with links to sources."""

    answer_id: str
    question: str
    status: Status
    rung: Rung
    text: str
    sentences: list[Sentence]
    citations: list[Citation]
    suggestions: list[Suggestion]
    evidence: list[EvidenceReply]
    provenance: Provenance
    timings_ms: dict[str, float]
    notices: list[str]
    usage: Usage | None
    cost_usd: float | None
    corrected: CorrectedPremise | None
    resolved: str | None
    carried: str
    cached: bool
    mode: Mode
    level: int | None
    html: str


class CheckedFactReply(BaseModel):
    """A key fact, and how much of it the student has; `html` is its text as a page may show it."""

    text: str
    coverage: Coverage
    citation: int
    weight: float
    html: str


class CheckReply(BaseModel):
    """What became of a student's answer."""

    question: str
    status: str
    url: str
    title: str
    score: float
    facts: list[CheckedFactReply]
    sentences: list[CheckedSentence]
    citations: list[Citation]
    feedback: str
    suggestions: list[Suggestion]
    provenance: Provenance
    notices: list[str]
    usage: Usage | None
    cost_usd: float | None


class QuizReply(BaseModel):
    """A question to a student; `seed` asks the same one again."""

    question: str
    url: str
    points: int
    seed: int
    notices: list[str]


class SearchReply(BaseModel):
    """The entries that answer a question, best first; `read_as` only where it was to be explained."""

    query: str
    results: list[EvidenceReply]
    notices: list[str]
    timings_ms: dict[str, float]
    read_as: dict[str, Any] | None = None


class TitleReply(BaseModel):
    """An entry by what it asks."""

    url: str
    question: str


class SubjectReply(BaseModel):
    """What entries are filed under, and how many."""

    folder: str
    name: str
    entries: int


class SubjectsReply(BaseModel):
    """All subjects, the largest first."""

    subjects: list[SubjectReply]


class TitlesReply(BaseModel):
    """Some entries; `total` counts all that there are."""

    entries: list[TitleReply]
    total: int


class EntryReply(BaseModel):
    """An entry as it is read; `quote` is the span that was asked for."""

    url: str
    question: str
    answer: str
    subject: SubjectReply
    path: str
    related: list[TitleReply]
    quote: str | None


class ProblemReply(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    retry_after_s: int | None = None
    errors: list[dict[str, Any]] | None = None


class HealthReply(BaseModel):
    """Whether the service can answer, and from what."""

    status: str
    generation: str | None
    newest: str | None
