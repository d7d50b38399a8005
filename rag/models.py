"""The values that pass between rooms; all frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PassageKind = Literal["question", "section"]
Status = Literal["answered", "partial", "abstained"]
Rung = Literal["curated", "composed", "generated"]
Support = Literal["supported", "partly", "unsupported", "contradicted"]


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
class Evidence:
    """One entry as retrieved for a question, by the section of it that fits the question best.

    Attributes:
        rank: 1 for the best.
        score: how sure we are that the entry answers the question, from 0 to 1.
        title: the entry's question.
        passage: a section of its answer, never the bare question.
        closeness: cosine of the asked question and the entry's question.
    """

    rank: int
    url: str
    title: str
    score: float
    passage: Passage
    closeness: float


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
        terms: stems of its question, its topics (description and keywords) and its answer.
        passages: its question first, then its sections in order.
    """

    url: str
    question: str
    answer: str
    terms: tuple[str, str, str]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """What one sync does to the catalog, all at once."""

    gone_paths: Sequence[str]
    gone_urls: Sequence[str]
    files: Sequence[FileRecord]
    entries: Sequence[IndexedEntry]
