"""Texts as stemmed terms: the one notion of a word that lexical search, coverage and the composer share."""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from rag.passages.plain import plain_text

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
_STOP_WORDS = frozenset(
    """
    a about after all also am an and any are aren as at be because been before being between both but by can cannot
    could couldn d did didn do does doesn doing don down during each few for from further get gets give given gives
    had hadn has hasn have haven having he her here hers him his how i if in into is isn it its itself just know
    like ll m make many may me might more most much must my no nor not of off on once only or other our out over own
    please re s same see she should shouldn so some such t tell than that the their them then there these they this
    those through to too under until up us use used very was wasn way we well were what whats when where whether
    which while who whom whose why will with would you your explain describe define discuss compare contrast outline
    state differentiate distinguish example examples provide thing things anything something everything actually
    really exactly im ive hows
    """.split()
)
_stemmer = Stemmer.Stemmer("english")


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text in order, function words included."""
    return _WORD.findall(_APOSTROPHE.sub("", plain_text(text).lower()))


def terms_of(text: str) -> list[str]:
    """Return the stems (Snowball English) of the words that carry meaning, in order, with repeats."""
    return [stem(word) for word in words_of(text) if word not in _STOP_WORDS]


def is_function_word(word: str) -> bool:
    """Return whether a lower-case word carries no meaning of its own."""
    return word in _STOP_WORDS


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the Snowball English stem of a lower-case word."""
    return _stemmer.stemWord(word)
