"""Questions that hold what is being typed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

_WORD: Final = re.compile(r"\w+")

_LOOKED_AT: Final = 400
"""Questions with the rarest word typed that are looked at; more hold a word that says nothing, such as ``what``."""


class Typeahead:
    """Finds questions by the beginnings of their words, within 5 ms among 36,000 (`make bench-large`).

    Args:
        titles: urls with their questions.
    """

    def __init__(self, titles: Sequence[tuple[str, str]]) -> None:
        self._urls = [url for url, _ in titles]
        self._lines = [_line(question) for _, question in titles]
        self._text = "".join(self._lines)
        self._starts: list[int] = []
        start = 0
        for line in self._lines:
            self._starts.append(start)
            start += len(line)

    def complete(self, typed: str, limit: int) -> list[str]:
        """Return the urls of up to `limit` questions in which each word typed begins a word.

        First those that begin with what was typed, then those with its words in that order, then the shortest.
        """
        words = _WORD.findall(typed.casefold())
        if not words:
            return []
        longest = max(words, key=len)
        found = [place for place in self._with_word(longest) if all(f" {word}" in self._lines[place] for word in words)]
        whole = " " + " ".join(words)
        found.sort(key=lambda place: self._rank(place, whole))
        return [self._urls[place] for place in found[:limit]]

    def _rank(self, place: int, whole: str) -> tuple[bool, bool, int]:
        line = self._lines[place]
        return not line.startswith(whole), whole not in line, len(line)

    def _with_word(self, word: str) -> Iterator[int]:
        """Give the first questions with a word that begins so."""
        return islice(self._places(f" {word}"), _LOOKED_AT)

    def _places(self, part: str) -> Iterator[int]:
        position = self._text.find(part)
        while position >= 0:
            place = bisect_right(self._starts, position) - 1
            yield place
            following = self._starts[place] + len(self._lines[place])
            position = self._text.find(part, following)


def _line(question: str) -> str:
    """Return the words of a question as they are looked for, each after a blank."""
    return "".join(f" {word}" for word in _WORD.findall(question.casefold())) + "\n"
