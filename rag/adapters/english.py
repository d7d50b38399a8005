"""The words of English, from the list that pyspellchecker carries."""

from __future__ import annotations

from functools import cache

from spellchecker import SpellChecker


def is_english(word: str) -> bool:
    """Return whether a lower-case word is in the list: 160,000 words, British and American, read when first asked."""
    return word in _checker()


@cache
def _checker() -> SpellChecker:
    return SpellChecker(language="en", distance=1)
