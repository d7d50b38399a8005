"""The values that pass between rooms; all frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

PassageKind = Literal["question", "section"]
Status = Literal["answered", "partial", "abstained"]
Rung = Literal["curated", "composed", "generated"]
Support = Literal["supported", "partly", "unsupported", "contradicted"]
SupportPolicy = Literal["strict", "mark"]
ChatRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in an entry's decoded answer."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an entry as indexed.

    Attributes:
        id: hash of the passage's place and text; equal ids mean equal passages.
        url: of its entry.
        kind: the entry's question, or a section of its answer.
        section: heading or label above the text; empty where there is none.
        text: verbatim; for a section ``answer[start:end]``.
        start, end: characters in the decoded answer; for a question 0 and its length.
    """

    id: str
    url: str
    kind: PassageKind
    section: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A section of an entry with its cosine to the question asked."""

    passage: Passage
    cosine: float


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Words of a question that were read as others."""

    kind: Literal["spelling", "wording"]
    written: str
    read_as: str


@dataclass(frozen=True, slots=True)
class Concept:
    """A thing that a question is about.

    Attributes:
        written: the words of the question.
        wordings: stems of what means the same, what was written first.
        technical: whether it is a term of biology, or no English word: an entry that answers can hardly lack it.
    """

    written: str
    wordings: tuple[tuple[str, ...], ...]
    technical: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched for.

    Attributes:
        question: as it was asked.
        text: as it is embedded.
        concepts: what it is about, as it is looked up by terms.
        rewrites: how `text` came from the question.
    """

    question: str
    text: str
    concepts: tuple[Concept, ...]
    rewrites: tuple[Rewrite, ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """What each way of looking says of one entry.

    Attributes:
        section: cosine of the question asked to the nearest section of the entry's answer.
        question: cosine of the question asked to the entry's question.
        terms: BM25 of the question's concepts, as a share of the most that they could give, from 0 to 1.
        missing: weight of the heaviest technical concept that the entry lacks; 0 where it lacks none.
        concepts: how many the question holds, up to ten.
        lead: by how much the fused score exceeds that of the fifth entry found (negative below it).
        matched: the concepts that the entry holds, as the question writes them.
        words_only: nothing was known but terms: the two cosines are 0 and say nothing.
    """

    section: float
    question: float
    terms: float
    missing: float
    concepts: int
    lead: float
    matched: tuple[str, ...]
    words_only: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One entry as retrieved for a question.

    Attributes:
        rank: 1 for the best.
        title: the entry's question.
        score: how sure we are that the entry answers the question, from 0 to 1.
        signals: what the score was made from.
        sections: of its answer, nearest to the question first; never empty.
        relevance: what a reranker scored it, on the scale of its model; None where none ranked it.
    """

    rank: int
    url: str
    title: str
    score: float
    signals: Signals
    sections: tuple[ScoredPassage, ...]
    relevance: float | None = None

    @property
    def passage(self) -> Passage:
        """Return the section that fits the question best."""
        return self.sections[0].passage


@dataclass(frozen=True, slots=True)
class Search:
    """What was found for a question: how it was read, and the entries, best first.

    Attributes:
        notices: what did not work as it is set up to, though the search did: an index out of step, or not used at all,
            a reranker that failed; one sentence each.
    """

    query: Query
    evidence: tuple[Evidence, ...]
    notices: tuple[str, ...] = ()


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
class ChatMessage:
    """One message to a chat model."""

    role: ChatRole
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a reply took; `reported` by the server, else estimated."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reported: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reported and other.reported,
        )


@dataclass(frozen=True, slots=True)
class ReplyEnd:
    """What a chat model sends last: the reply is whole.

    Attributes:
        model: that replied, as provenance names it: ``openai:gpt-5-mini``.
        usage: of this reply alone.
        cost_usd: None where the price is unknown.
    """

    model: str
    usage: Usage
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ReplyRestart:
    """What came of a reply so far is void: another attempt begins."""

    reason: str


ReplyPart = str | ReplyEnd | ReplyRestart
"""A piece of a chat model's reply, as it comes."""


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


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a corpus file held when it was last read.

    Attributes:
        path: relative to the corpus folder.
        sha256: of the file's bytes.
        url: of its entry; None where a problem hides it.
        left_out: why its entry is not indexed as knowledge; None where it is.
        problem: the located problem as text; None where there is none.
    """

    path: str
    sha256: str
    url: str | None = None
    left_out: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """An entry as the index keeps it.

    Attributes:
        answer: decoded, so that passages' offsets count its characters.
        terms: stems of its question, its topics (description and keywords) and its answer, with repeats.
        words: the distinct words of all three, as they are written but in lower case.
        passages: its question first, then its sections in order.
    """

    url: str
    question: str
    answer: str
    terms: tuple[Sequence[str], Sequence[str], Sequence[str]]
    words: Sequence[str]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """What one sync does to the catalog, all at once."""

    gone_paths: Sequence[str]
    gone_urls: Sequence[str]
    files: Sequence[FileRecord]
    entries: Sequence[IndexedEntry]


@dataclass(frozen=True, slots=True)
class TermCounts:
    """How often terms occur in entries: one row for each term of each entry.

    Attributes:
        names: the terms, sorted; each occurs somewhere.
        terms: places in `names`, shape ``(rows,)``.
        entries: numbers of entries, shape ``(rows,)``, ascending.
        by_field: occurrences in the question, the topics and the answer, shape ``(rows, 3)``.
    """

    names: Sequence[str]
    terms: npt.NDArray[np.int32]
    entries: npt.NDArray[np.int32]
    by_field: npt.NDArray[np.int32]
