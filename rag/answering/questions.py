"""What a question asks for: how long an answer, and how many parts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.passages import terms_of, words_of


@dataclass(frozen=True, slots=True)
class Length:
    """How long a composed answer may become.

    Attributes:
        least_relevance: share of the leading sentence's relevance that another must have to help.
    """

    sentences: int
    words: int
    least_relevance: float


FACT = Length(sentences=3, words=70, least_relevance=0.7)
EXPLANATION = Length(sentences=9, words=220, least_relevance=0.5)

_ASKS_FOR_FACT = re.compile(
    r"(?:who|when|where|which|how (?:many|much|long|far|big|large|fast|old|often|tall|heavy|high|deep)|name|"
    r"do|does|did|is|are|was|were|can|could|has|have|about what|in (?:which|what)|at (?:which|what)|"
    r"what (?!is\b|are\b|was\b|were\b|does\b|do\b|did\b|happen|causes?\b|makes?\b)\w+|"
    r"what(?: is| are| was| were|'s) (?:the |a |an )?(?:\w+ )?(?:name|number|percentage|proportion|fraction|size|"
    r"formula|units?|ph|temperature|term|weight|mass|length|rate|ratio|symbol)\b)\b",
    re.IGNORECASE,
)
_NEXT_QUESTION = re.compile(
    r"\?\s+(?=\S)|"
    r",? (?:and|but) (?=(?:how|why|what|when|where|which|who) (?:do|does|did|is|are|was|were|can|has|have|\w+s)\b)",
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


def names_in(question: str) -> frozenset[str]:
    """Return the terms of a question that are names: written with a digit or in capitals, as in C4, p53, HIV or mRNA.

    A name has no other wording: an entry that lacks it is about something else.
    """
    if question.isupper():
        return frozenset()
    names = [word for word in _NAME.findall(unicodedata.normalize("NFKC", question)) if not word.isdigit()]
    return frozenset(term for name in names for term in terms_of(name))


def asks_the_same(question: str, other: str) -> bool:
    """Return whether two questions have the same words that matter, stems compared, and the same negations."""
    return set(terms_of(question)) == set(terms_of(other)) and negations_in(question) == negations_in(other)


def negations_in(text: str) -> frozenset[str]:
    """Return the words of a text that turn its meaning round."""
    return frozenset(words_of(text)) & _NEGATIONS


_NAME = re.compile(r"\b(?=\w*\d|\w*[A-Z]\w*[A-Z])\w{2,}\b", re.ASCII)
_NEGATIONS = frozenset({"no", "not", "never", "without", "cannot", "cant", "dont", "doesnt", "isnt", "arent", "wont"})
