"""What a question asks for: how long an answer, and how many parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.models import Concept
from rag.passages import stem, terms_of, words_of


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
EXPLANATION = Length(sentences=9, words=220, least_relevance=0.45)

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


def names_in(question: str) -> list[str]:
    """Return the names that a question uses, as stems: what is written with a digit or in capitals, as C4, p53 or HIV.

    A single capital letter is a name together with the word beside it: vitamin D, S phase. A name has no other wording:
    an entry that lacks it is about something else.
    """
    if question.isupper():
        return []
    text = unicodedata.normalize("NFKC", question)
    names = [word for word in _NAME.findall(text) if not word.isdigit()]
    letters = [found.group() for found in _LETTER_NAME.finditer(text)]
    return [" ".join(map(stem, words_of(name))) for name in [*names, *letters]]


def mentions_all(text: str, names: Sequence[str], concepts: Sequence[Concept] = ()) -> bool:
    """Return whether a text has each of some names, stems compared, word beside word.

    Args:
        concepts: of the question; a name that one of them writes is mentioned by any of its wordings.
    """
    stems = f" {' '.join(map(stem, words_of(text)))} "
    return all(any(f" {reading} " in stems for reading in _readings(name, concepts)) for name in names)


def _readings(name: str, concepts: Sequence[Concept]) -> list[str]:
    own = [concept for concept in concepts if " ".join(map(stem, words_of(concept.written))) == name]
    return [name, *(" ".join(wording) for concept in own for wording in concept.wordings)]


def asks_the_same(question: str, other: str) -> bool:
    """Return whether two questions are the same but for words that carry no meaning in them, such as "main" or "does".

    Order counts (what X does to Y is not what Y does to X), except where things are compared.
    """
    own, others = _canonical(question), _canonical(other)
    if own and "differ" in own:
        own, others = sorted(own), sorted(others)
    return bool(own) and own == others


def _canonical(question: str) -> list[str]:
    letters = [f"letter {found.group(1) or found.group(2)}" for found in _LETTER_NAME.finditer(question)]
    words = [word for word in words_of(question) if word not in _FRAME]
    return [_SAME_MEANING.get(stem(word), stem(word)) for word in words] + letters


_NAME = re.compile(r"\b(?=\w*\d|\w*[A-Z]\w*[A-Z])\w{2,}\b", re.ASCII)
_LETTER_NAME = re.compile(r"\b[A-Za-z]{3,} ([A-HJ-Z])\b(?!')|\b([B-HJ-Z]) [a-z]{3,}\b")
_FRAME = frozenset(
    """
    a an the of in on to for by with from into between and is are was were be been being do does did can could would
    will should what how explain describe define discuss outline state tell me us about please main key major some its
    their it that you we i there give example examples
    """.split()
)
_SAME_MEANING = {
    "role": "function",
    "signific": "import",
    "compar": "differ",
    "contrast": "differ",
    "distinguish": "differ",
    "differenti": "differ",
    "kind": "type",
}
