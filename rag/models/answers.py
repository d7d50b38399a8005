"""Answers, and what they say of where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.models.chatting import Usage
from rag.models.passages import Passage, Span
from rag.models.searching import Evidence

Status = Literal["answered", "partial", "abstained"]
Rung = Literal["curated", "composed", "generated"]
Support = Literal["supported", "partly", "unsupported", "contradicted"]
SupportPolicy = Literal["strict", "mark"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where sentences of an answer come from.

    Attributes:
        n: number by first use, from 1.
        section: heading or label above the quote.
        quote: verbatim ``answer[start:end]`` of the entry's decoded answer.
    """

    n: int
    url: str
    title: str
    section: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says of a sentence.

    Attributes:
        passage: that speaks of it; None where nothing does.
        span: of the sentences in it, in the entry's decoded answer.
        reasons: what the evidence lacks or says otherwise; empty for a supported sentence.
    """

    support: Support
    passage: Passage | None
    span: Span | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, with the numbers of its citations and what they do for it.

    Attributes:
        verbatim: whether it is an entry's own, word for word; a model wrote the others.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry to offer: one that was not shown."""

    url: str
    question: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an answer was made from and with; `model` and `prompt` are None where no language model took part."""

    corpus: str
    index: str
    embedder: str
    model: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectedPremise:
    """What a question takes for granted and an entry contradicts.

    Attributes:
        statement: in the question's own words; the verb that it moved before its subject is left out.
        citations: numbers of those that show what is so instead.
    """

    statement: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The product.

    Attributes:
        rung: how the answer was made, or was tried where the status is ``abstained``.
        text: Markdown; every sentence of `sentences` stands in it, in order. A partial answer ends by naming the parts
            of the question that the corpus does not answer; an abstention says only that.
        suggestions: nearest entries that were not cited, nearest first.
        timings_ms: wall-clock milliseconds by stage.
        notices: what the reader should know of how it was made, as `Search.notices`.
        usage: tokens that a language model took; None where none took part.
        cost_usd: of them; None where the price is unknown.
        corrected: what the question takes for granted and the entries contradict: the answer begins with what they say
            instead. None where nothing is surely false.
        resolved: the question that was answered, where the one asked is a follow-up; `carried` says how it was read.
    """

    question: str
    status: Status
    rung: Rung
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    suggestions: tuple[Suggestion, ...]
    evidence: tuple[Evidence, ...]
    provenance: Provenance
    timings_ms: dict[str, float]
    notices: tuple[str, ...] = ()
    usage: Usage | None = None
    cost_usd: float | None = 0.0
    corrected: CorrectedPremise | None = None
    resolved: str | None = None
    carried: str = ""


@dataclass(frozen=True, slots=True)
class AnswerBegun:
    """What is known of an answer before any of it is written.

    Attributes:
        rung: that is tried.
        evidence: what the answer will be made from.
        resolved, carried: as in `Answer`.
    """

    question: str
    rung: Rung
    evidence: tuple[Evidence, ...]
    resolved: str | None = None
    carried: str = ""


@dataclass(frozen=True, slots=True)
class SentenceShown:
    """A sentence of an answer, its verdict known: it is never taken back.

    Attributes:
        lead: what stands in the answer's text between the sentence before and this one.
        citations: that it cites, as they are now; a later sentence may widen the quote of one.
    """

    sentence: Sentence
    lead: str
    citations: tuple[Citation, ...]


AnswerEvent = AnswerBegun | SentenceShown | Answer
"""What an answer is given as while it is made: begun, sentence by sentence, and last of all whole."""
