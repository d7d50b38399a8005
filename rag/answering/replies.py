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
    r"(?:[a-z]{3}|[a-z]\w*\d\w*|\^?\d{1,3}|(?:source|citation|evidence|passage)s?|"
    r"(?i:docs?|source|entry|ref|evidence|passage|citation|cite|key|id|[ekps])[-_ :#]*\w*\d\w*)"
)
"""A key of ours, or what a model may write in place of one: as long, or with a digit; no concentration, as [S], [Ca2+]
and [glucose] are."""

_MARKER = re.compile(rf"[ ]*\[({_ID}(?:[ ]*[,;][ ]*{_ID})*)\](?!\()")
_AFTER_STOP = re.compile(rf"([.!?][\"'”’)*_]*)((?:{_MARKER.pattern})+)")
_KEY = re.compile(r"\b[a-z]\d[a-z]\b")
_HEADING = re.compile(r"[ ]*(?:#{1,6}(?:[ ]|$)|---|\|)")
_ITEM = re.compile(r"[ ]*(?:[-*+•]|\d{1,2}[.)])[ ]+")

_LONGEST: Final = 1_000
"""Characters of a sentence, and of a word; of the starter corpus's 1,845 sentences two are longer. A reply that goes on
is cut there, since to look for a sentence's end takes the longer the more was written."""

_WORD = re.compile(rf"\S{{0,{_LONGEST}}}\s|\S{{{_LONGEST}}}(?=\S)")
_MAY_END: Final = frozenset(".!?]")
MOST_CHARACTERS: Final = 20_000
"""Of one reply that are read: ten times the longest answer asked for. What follows is not looked at."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, its keys taken out."""

    text: str
    keys: tuple[str, ...]
    opening: Opening


class ReplyReader:
    """Takes a reply piece by piece and gives each sentence once the word after it is there.

    It reads whole words, so that the same sentences come of a reply however it is cut.
    """

    def __init__(self) -> None:
        self._word = ""
        self._line = ""
        self._may_end = False
        self._opening: Opening = "paragraph"
        self._read = 0

    def feed(self, piece: str) -> list[Draft]:
        """Return the sentences that a further piece completes."""
        piece = piece[: max(0, MOST_CHARACTERS - self._read)]
        self._read += len(piece)
        self._word += piece
        is_word = any(map(str.isspace, piece)) or len(self._word) > _LONGEST
        return list(self._take_words()) if is_word else []

    def finish(self) -> list[Draft]:
        """Return what is left at the end of the reply."""
        drafts = list(self._take_words())
        rest, self._line, self._word = self._line + self._word, "", ""
        return [*drafts, *self._sentences_of(rest)]

    def _take_words(self) -> Iterator[Draft]:
        end = 0
        for found in _WORD.finditer(self._word):
            end = found.end()
            yield from self._take(found.group())
        self._word = self._word[end:]

    def _take(self, word: str) -> Iterator[Draft]:
        """Give the sentences that a word with the white space after it completes."""
        self._line += word
        if word.endswith("\n") or len(self._line) > _LONGEST:
            line, self._line, self._may_end = self._line, "", False
            yield from self._sentences_of(line)
        elif not word.isspace():
            if self._may_end:
                yield from self._whole_sentences()
            self._may_end = not _MAY_END.isdisjoint(word)

    def _whole_sentences(self) -> Iterator[Draft]:
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
            self._opening = "paragraph"
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
    return _AFTER_STOP.sub(lambda found: f"{found[2]}{found[1]}{_space_after(found)}", text)


def _space_after(found: re.Match[str]) -> str:
    """Return the space that a model left out between a key and the next sentence."""
    return " " if found.string[found.end() : found.end() + 1].strip() else ""
