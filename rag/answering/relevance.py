"""How much a statement helps to answer a question: by its words, its section, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rag.answering.statements import Statement
from rag.answering.wording import defines, holds_number, says_little
from rag.models import Query
from rag.retrieval import Postings

_SECTION_WEIGHT = 0.8
_HEAD_SHARE = 0.6
"""What a word of the question in the heading or label above counts, where the sentence itself lacks it."""

_OPENING_BONUS = 0.15
_FIRST_ENTRY_BONUS = 0.1
_DEFINITION_BONUS = 0.3
_NUMBER_BONUS = 0.25
_SAYS_LITTLE_MALUS = 0.3

_ASKS_FOR_NUMBER = re.compile(
    r"\bhow (?:many|much|long|far|big|large|fast|old|often|tall|heavy|high|deep|small|wide)\b|\bwhen\b|"
    r"\b(?:number|percentage|proportion|fraction|share|ratio|ph|temperature|size|year|cost)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement was found.

    Attributes:
        rank: of its entry, 1 for the best.
        cosine: of its section to the question.
    """

    rank: int
    cosine: float


class Relevance:
    """What the statements of the evidence are weighed by, for one question."""

    def __init__(self, query: Query, postings: Postings) -> None:
        self._question = query.text
        self._wants_number = bool(_ASKS_FOR_NUMBER.search(query.text))
        self._concepts = [
            (concept.wordings, sum(map(postings.weight, _known(concept.wordings, postings))))
            for concept in query.concepts
        ]
        self._whole = sum(weight for _, weight in self._concepts) or 1.0

    def of(self, statement: Statement, source: Source) -> float:
        """Return how relevant a statement is, from about 0 to 2.

        What an entry says first answers its question, the best entry answers best, what defines the thing asked about
        answers "what is", and a number answers "how many".
        """
        relevance = self.share(statement.terms)
        relevance += _HEAD_SHARE * (self.share(statement.terms | statement.head_terms) - relevance)
        relevance += _SECTION_WEIGHT * source.cosine
        relevance += _OPENING_BONUS * (statement.span.start == 0)
        relevance += _FIRST_ENTRY_BONUS * (source.rank == 1)
        relevance += _DEFINITION_BONUS * defines(statement.plain, self._question)
        relevance += _NUMBER_BONUS * (self._wants_number and holds_number(statement.plain))
        return relevance - _SAYS_LITTLE_MALUS * says_little(statement.plain)

    def share(self, terms: Collection[str]) -> float:
        """Return the share of what the question is about that some terms hold, rare words weighing more."""
        own = frozenset(terms)
        held = (weight * max(len(own & set(w)) / len(w) for w in wordings) for wordings, weight in self._concepts)
        return sum(held) / self._whole


def _known(wordings: tuple[tuple[str, ...], ...], postings: Postings) -> tuple[str, ...]:
    """Return the first wording that the corpus knows, by which a concept weighs; else its own."""
    return next((wording for wording in wordings if all(map(postings.knows, wording))), wordings[0])
