"""Wordings that mean the same in biology: abbreviations, synonyms, lay terms, spellings.

`lexicon.txt` holds a group a line, the textbook's term first; written by us from general knowledge (decision 6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rag.passages import plain_text

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['’][a-z]+)?")
_MOST_WORDS: Final = 6
_SHORT: Final = 6
"""Characters up to which a term in capitals is an abbreviation: "ER" is one, "Golgi apparatus" is not."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Some words of a question that the lexicon knows.

    Attributes:
        start, end: tokens of the question.
        terms: of the group, the textbook's term first.
    """

    start: int
    end: int
    terms: tuple[str, ...]


def tokens_of(text: str) -> list[str]:
    """Return the words and numbers of a text as they are written, in order."""
    return _TOKEN.findall(plain_text(text))


def known_wordings(tokens: Sequence[str]) -> list[Wording]:
    """Return the wordings among the tokens of a question, the longest first where they overlap, in order."""
    found: list[Wording] = []
    place = 0
    while place < len(tokens):
        wording = _longest_at(place, tokens)
        if wording:
            found.append(wording)
        place = wording.end if wording else place + 1
    return found


@cache
def lexicon_words() -> frozenset[str]:
    """Return all words of the lexicon, in lower case."""
    return frozenset(word for key in _groups() for word in key)


def _longest_at(place: int, tokens: Sequence[str]) -> Wording | None:
    if _key(tokens[place : place + 1])[0] not in _beginnings():
        return None
    for end in range(min(place + _MOST_WORDS, len(tokens)), place, -1):
        for written, terms in _groups().get(_key(tokens[place:end]), ()):
            if not _is_abbreviation(written) or tokens[place:end] == tokens_of(written):
                return Wording(place, end, terms)
    return None


@cache
def _groups() -> Mapping[tuple[str, ...], list[tuple[str, tuple[str, ...]]]]:
    """Return the groups by the words of each of their terms, with the term as it is written there."""
    groups: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
    text = files("rag.retrieval").joinpath("lexicon.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            terms = tuple(line.split(" = "))
            for term in terms:
                groups.setdefault(_key(tokens_of(term)), []).append((term, terms))
    return groups


@cache
def _beginnings() -> frozenset[str]:
    """Return the first word of each term, in the singular: few words of a question begin one."""
    return frozenset(_key(key[:1])[0] for key in _groups())


def _key(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return tokens in lower case, the last one in the singular: case and number are not what sets terms apart."""
    *others, last = (token.lower() for token in tokens)
    plural = len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is"))
    return (*others, last[:-1] if plural else last)


def _is_abbreviation(term: str) -> bool:
    """Return whether a term is one short word mostly in capitals, which in lower case may be another word."""
    letters = [sign for sign in term if sign.isalpha()]
    return " " not in term and len(term) <= _SHORT and 2 * sum(map(str.isupper, letters)) >= len(letters)
