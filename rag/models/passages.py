"""Pieces of entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PassageKind = Literal["question", "section"]


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
