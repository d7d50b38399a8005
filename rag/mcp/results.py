"""What tools give; the descriptions are read by the models that call them."""

from __future__ import annotations

from pydantic import BaseModel

from rag.footnotes import with_footnotes
from rag.models import Answer, Citation, Evidence, Rung, Search, Status, Suggestion


class FoundEntry(BaseModel):
    """An entry that was found: how surely it answers the question (0 to 1), and its section that fits best."""

    url: str
    question: str
    score: float
    section: str
    text: str
    start: int
    end: int


class Found(BaseModel):
    """The entries found for a question, best first; notices say what did not work as it is set up to."""

    entries: list[FoundEntry]
    notices: list[str]


class Answered(BaseModel):
    """An answer: [1] in its text stands for the citation with n = 1, which quotes the entry that says so.

    The status is abstained where the corpus does not answer the question: the suggestions are then the nearest entries.
    """

    status: Status
    rung: Rung
    text: str
    citations: list[Citation]
    suggestions: list[Suggestion]
    corrected_premise: str | None
    notices: list[str]


class ReadEntry(BaseModel):
    """An entry whole; quote: the characters of the answer that were asked for, the whole answer where none were."""

    url: str
    question: str
    answer: str
    quote: str


def found_from(search: Search) -> Found:
    """Return what was found as a tool's result."""
    return Found(entries=[_entry(one) for one in search.evidence], notices=list(search.notices))


def answered_from(answer: Answer) -> Answered:
    """Return an answer as a tool's result."""
    return Answered(
        status=answer.status,
        rung=answer.rung,
        text=with_footnotes(answer),
        citations=list(answer.citations),
        suggestions=list(answer.suggestions),
        corrected_premise=None if answer.corrected is None else answer.corrected.statement,
        notices=list(answer.notices),
    )


def _entry(evidence: Evidence) -> FoundEntry:
    passage = evidence.passage
    return FoundEntry(
        url=evidence.url,
        question=evidence.title,
        score=round(evidence.score, 4),
        section=passage.section,
        text=passage.text,
        start=passage.start,
        end=passage.end,
    )
