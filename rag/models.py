"""The values that pass between rooms; all frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        coverage: share of the asked question's weight, by inverse document frequency, that the entry's words cover.
    """

    rank: int
    url: str
    title: str
    score: float
    passage: Passage
    closeness: float
    coverage: float
