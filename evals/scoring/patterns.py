"""Wordings of a fact, looked for in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from evals.scoring.negation import is_denied
from evals.scoring.text import SentenceRead, read_sentence
from rag.passages import stem

_STARRED = re.compile(r"(?<=\w)\*")
_STAR = "starstar"
"""What a ``*`` is while N, which drops signs, reads a pattern."""


def find_pattern(pattern: str, sentence: SentenceRead) -> Iterator[tuple[int, int]]:
    """Give each place where a pattern's words stand next to each other: by their stems, ``*`` being any end."""
    words = pattern_words(pattern)
    for word, is_open in words:
        if (f" {word}" not in sentence.spaced) if is_open else (word not in sentence.tokens):
            return
    for start in range(len(sentence.words) - len(words) + 1 if words else 0):
        if all(
            sentence.words[at].startswith(word) if is_open else word == sentence.stems[at]
            for at, (word, is_open) in enumerate(words, start)
        ):
            yield start, start + len(words)


@lru_cache(maxsize=16_384)
def pattern_words(pattern: str) -> tuple[tuple[str, bool], ...]:
    """Return a pattern as beginnings of words, and stems of whole ones."""
    words = read_sentence(_STARRED.sub(_STAR, pattern)).words
    return tuple((word.removesuffix(_STAR), True) if word.endswith(_STAR) else (stem(word), False) for word in words)


def holds(pattern: str, sentences: Sequence[SentenceRead]) -> bool:
    """Return whether a pattern stands in one of some sentences."""
    return any(True for sentence in sentences for _ in find_pattern(pattern, sentence))


def states(pattern: str, sentences: Sequence[SentenceRead]) -> bool:
    """Return whether one of some sentences holds a pattern without denying it."""
    return any(not is_denied(sentence, *place) for sentence in sentences for place in find_pattern(pattern, sentence))


def denies(pattern: str, sentences: Sequence[SentenceRead]) -> bool:
    """Return whether one of some sentences holds a pattern and denies it."""
    return any(is_denied(sentence, *place) for sentence in sentences for place in find_pattern(pattern, sentence))
