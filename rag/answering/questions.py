"""What a question asks for: how long an answer, and how many parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.passages import terms_of, words_of


@dataclass(frozen=True, slots=True)
class Length:
    """How long a composed answer may become."""

    sentences: int
    words: int


FACT = Length(sentences=3, words=70)
EXPLANATION = Length(sentences=8, words=220)

_ASKS_FOR_FACT = re.compile(
    r"(?:who|when|where|which|how (?:many|much|long|far|big|large|fast|old|often|tall|heavy)|"
    r"what(?:'s| is| are| was| were)? (?:the |a |an )?(?:name|number|percentage|proportion|fraction|size|formula|unit|ph|"
    r"temperature|term|word|function of|definition of|meaning of|main product|product|kind|type)\b|"
    r"(?:do|does|did|is|are|was|were|can|could|has|have) )",
    re.IGNORECASE,
)
_NEXT_QUESTION = re.compile(
    r"\?\s+(?=\S)|,? (?:and|but) (?=(?:how|why|what|when|where|which|who) (?:do|does|did|is|are|was|were|can|has|have|\w+s)\b)",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(r"\b(?:it|its|they|their|them|this|that|these|those|each|both|one|ones)\b", re.IGNORECASE)
_LEAST_TERMS = 2
"""A part with fewer words of its own ("and why?") cannot be searched for alone."""


def length_for(question: str) -> Length:
    """Return how long an answer the question asks for: a fact, or an explanation."""
    return FACT if _ASKS_FOR_FACT.match(question.strip()) else EXPLANATION


def parts_of(question: str) -> list[str]:
    """Return the questions that a question holds, in order; the question itself where its parts lean on each other."""
    parts = [part.strip(" ?") + "?" for part in _NEXT_QUESTION.split(question) if part.strip(" ?")]
    stands_alone = all(len(terms_of(part)) >= _LEAST_TERMS for part in parts)
    leans = any(_REFERS_BACK.search(part) for part in parts[1:])
    return parts if len(parts) > 1 and stands_alone and not leans else [question]


def asks_the_same(question: str, other: str) -> bool:
    """Return whether two questions have the same words that matter, stems compared, and the same negations."""
    return set(terms_of(question)) == set(terms_of(other)) and negations_in(question) == negations_in(other)


def negations_in(text: str) -> frozenset[str]:
    """Return the words of a text that turn its meaning round."""
    return frozenset(words_of(text)) & _NEGATIONS


_NEGATIONS = frozenset({"no", "not", "never", "without", "cannot", "cant", "dont", "doesnt", "isnt", "arent", "wont"})
