"""A question as it is read, and what is found for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from rag.models.passages import Passage, ScoredPassage


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
        vector: of the question, shape ``(dimensions,)``; None where it was searched for by words only.
    """

    query: Query
    evidence: tuple[Evidence, ...]
    notices: tuple[str, ...] = ()
    vector: npt.NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
