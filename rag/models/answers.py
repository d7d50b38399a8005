"""Answers, and what they say of where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rag.models.chatting import Usage
from rag.models.passages import Passage, Span
from rag.models.searching import Evidence

Status = Literal["answered", "partial", "abstained"]
Rung = Literal["curated", "composed", "generated"]
Support = Literal["supported", "partly", "unsupported", "contradicted"]
SupportPolicy = Literal["strict", "mark"]
Mode = Literal["explain", "simpler", "hint"]
"""An answer as it is; the same in fewer and shorter sentences; what leads to it without giving it away."""

HINT_LEVELS = (1, 2, 3)
"""How far a hint leads; each says all that the one before does."""


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
        verbatim: whether it is an entry's own, word for word; a model wrote the others, or they are a hint.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry to offer: one that was not shown. Its question, asked, is answered by that entry word for word."""

    url: str
    question: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader has seen before a question, and need not be offered again.

    Attributes:
        urls: of entries that were cited or suggested.
        questions: that were asked, each as it stands alone.
    """

    urls: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


NOTHING_SEEN: Final = Seen()


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
        suggestions: up to three entries that were not shown: to go on with, or the nearest where the status is
            ``abstained``.
        timings_ms: wall-clock milliseconds by stage.
        notices: what the reader should know of how it was made, as `Search.notices`.
        usage: tokens that a language model took; None where none took part.
        cost_usd: of them; None where the price is unknown.
        corrected: what the question takes for granted and the entries contradict: the answer begins with what they say
            instead. None where nothing is surely false.
        cached: whether a language model wrote it before, for the same question and entries, and was not asked now.
        resolved: the question that was answered, where the one asked is a follow-up; `carried` says how it was read.
        mode: as it was asked for. A hint cites nothing and shows no evidence: both would give the answer away.
        level: of a hint; None for anything else.
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
    cached: bool = False
    mode: Mode = "explain"
    level: int | None = None


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """What a kept answer cites: characters of an entry's decoded answer, inside a passage that its id names."""

    passage: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is kept of an answer that a language model wrote: what the question and the entries alone decide.

    Attributes:
        status, text, sentences: as in `Answer`.
        quotes: what it cites, by number from 1.
        notices: of how it was written.
        model: that wrote it.
    """

    status: Status
    text: str
    sentences: tuple[Sentence, ...]
    quotes: tuple[QuotedPlace, ...]
    notices: tuple[str, ...]
    model: str


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
