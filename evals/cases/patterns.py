"""Wordings of a fact, looked for in a text: how a nugget is found without a judge.

A pattern is one to a few words, which stand next to each other within a sentence. A word that ends in ``*`` has any
end; any other is equal by its stem (Snowball English). Case, typography, Markdown and LaTeX count for nothing, and
neither do signs: ``Na+/K+`` is ``na k``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rag.passages import plain_text, split_sentences, stem

_WORD = re.compile(r"[^\W_]+")
_PATTERN_WORD = re.compile(r"[^\W_]+\*?")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’](?=[^\W\d_])")


def pattern_words(pattern: str) -> tuple[str, ...]:
    """Return the words of a pattern, each with its ``*``; none for one of signs only, which nothing can hold."""
    return tuple(_PATTERN_WORD.findall(_folded(pattern.replace("*", "\0")).replace("\0", "*")))


def holds(text: str, pattern: str) -> bool:
    """Return whether a sentence of a Markdown text holds a pattern."""
    wanted = pattern_words(pattern)
    return bool(wanted) and any(_stands_in(wanted, words) for words in sentence_words(text))


def holds_any(text: str, patterns: Iterable[str]) -> bool:
    """Return whether a sentence of a Markdown text holds one of some patterns."""
    return any(holds(text, pattern) for pattern in patterns)


@lru_cache(maxsize=4096)
def sentence_words(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of each sentence of a Markdown text, as patterns are compared with them."""
    spans = split_sentences(text)
    return tuple(tuple(_WORD.findall(_folded(text[span.start : span.end]))) for span in spans)


def _folded(text: str) -> str:
    return _APOSTROPHE.sub("", plain_text(text).casefold())


def _stands_in(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    places = range(len(words) - len(wanted) + 1)
    return any(all(_is_word(one, words[start + n]) for n, one in enumerate(wanted)) for start in places)


def _is_word(wanted: str, word: str) -> bool:
    if wanted.endswith("*"):
        return word.startswith(wanted[:-1])
    return wanted == word or stem(wanted) == stem(word)
