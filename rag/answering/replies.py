"""A language model's reply read as it comes: whole sentences, each with the keys it cites and how it is set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rag.passages import split_sentences

Opening = Literal["paragraph", "item", "sentence"]
"""What begins with a sentence: a paragraph, a line of a list, or nothing."""

_ID = (
    r"(?:[a-z]\d[a-z]|\^?\d{1,3}|(?:source|citation|evidence|passage)s?|"
    r"(?i:docs?|source|entry|ref|evidence|passage|citation|cite|key|id|[ekps])[-_ :#]*\w*\d\w*)"
)
"""A key of ours, or what a model may write in place of one; no concentration, as [S] and [Ca2+] are."""

_MARKER = re.compile(rf"[ ]*\[({_ID}(?:[ ]*[,;][ ]*{_ID})*)\](?!\()")
_AFTER_STOP = re.compile(rf"([.!?][\"'”’)*_]*)((?:{_MARKER.pattern})+)")
_KEY = re.compile(r"\b[a-z]\d[a-z]\b")
_HEADING = re.compile(r"[ ]*(?:#{1,6}(?:[ ]|$)|---|\|)")
_ITEM = re.compile(r"[ ]*(?:[-*+•]|\d{1,2}[.)])[ ]+")

_MAY_END: Final = frozenset(".!?\n")
MOST_CHARACTERS: Final = 20_000
"""Of one reply that are read: ten times the longest answer asked for. What follows is not looked at."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, its keys taken out."""

    text: str
    keys: tuple[str, ...]
    opening: Opening


class ReplyReader:
    """Takes a reply piece by piece and gives each sentence once it is certain to be whole."""

    def __init__(self) -> None:
        self._line = ""
        self._opening: Opening = "paragraph"
        self._read = 0

    def feed(self, piece: str) -> list[Draft]:
        """Return the sentences that a further piece completes."""
        piece = piece[: max(0, MOST_CHARACTERS - self._read)]
        self._read += len(piece)
        may_end = not _MAY_END.isdisjoint(self._line[-1:] + piece) or self._line.rstrip().endswith("]")
        self._line += piece
        return list(self._whole_sentences()) if may_end else []

    def finish(self) -> list[Draft]:
        """Return what is left at the end of the reply."""
        rest, self._line = self._line, ""
        return list(self._sentences_of(rest))

    def _whole_sentences(self) -> Iterator[Draft]:
        while "\n" in self._line:
            line, self._line = self._line.split("\n", 1)
            yield from self._sentences_of(line)
            self._opening = "paragraph" if not line.strip() else self._opening
        if _HEADING.match(self._line):
            return
        moved = _keys_before_stops(self._line)
        spans = split_sentences(moved)
        if len(spans) > 1 and not moved[spans[-1].start :].startswith("["):
            begin = spans[-1].start
            yield from self._sentences_of(moved[:begin])
            self._line = moved[begin:]

    def _sentences_of(self, line: str) -> Iterator[Draft]:
        """Give the sentences of a line, or of the part of it that is whole."""
        if not line.strip() or _HEADING.match(line):
            return
        item = _ITEM.match(line)
        if item:
            self._opening = "item"
        moved = _keys_before_stops(line)
        for span in split_sentences(moved):
            text = moved[span.start : span.end]
            keys = tuple(key for found in _MARKER.finditer(text) for key in _KEY.findall(found[1]))
            said = _MARKER.sub("", text).strip()
            if said:
                yield Draft(said, tuple(dict.fromkeys(keys)), self._opening)
                self._opening = "sentence"


def _keys_before_stops(text: str) -> str:
    """Return a text with the keys behind a sentence's end put before it, where they belong to it."""
    return _AFTER_STOP.sub(lambda found: f"{found[2]}{found[1]}", text)
