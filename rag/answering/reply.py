"""What an answer is to be, before it becomes one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.assembly import leads_in
from rag.citations import CitationList
from rag.models import CorrectedPremise, Rung, Search, Sentence, SentenceShown, Status

ABSTENTION = "The corpus does not answer this question."
NOT_COVERED = "The corpus does not answer this part of the question:"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question, what is found for it, and whether that answers it."""

    question: str
    found: Search
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """All that is decided of an answer; `text` holds the sentences, in order, those that correct a premise first."""

    status: Status
    rung: Rung
    text: str
    sentences: tuple[Sentence, ...]
    citations: CitationList
    notices: Sequence[str]
    corrected: CorrectedPremise | None = None


def abstained(rung: Rung, citations: CitationList, notices: Sequence[str]) -> Reply:
    """Return the reply that says the corpus does not know; `rung`: how an answer was tried."""
    return Reply("abstained", rung, ABSTENTION, (), citations, notices)


def with_gaps(text: str, uncovered: Sequence[str]) -> str:
    """Return a text that ends by naming the parts of the question that nothing answers."""
    return "\n\n".join([text, *(f"{NOT_COVERED} {part}" for part in uncovered)])


def shown_at_once(reply: Reply) -> Iterator[SentenceShown]:
    """Give the sentences of a finished reply as they are shown."""
    citations = reply.citations.citations()
    for sentence, lead in zip(reply.sentences, leads_in(reply.text, reply.sentences), strict=True):
        yield SentenceShown(sentence, lead, tuple(one for one in citations if one.n in sentence.citations))
