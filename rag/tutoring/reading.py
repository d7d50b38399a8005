"""A student's words made comparable with an entry's: its sentences, its spelling, its names for things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.grounding.words import Word, read_words
from rag.passages import plain_text, split_sentences
from rag.retrieval import QueryReader

_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_LETTER = re.compile(r"[^\W\d_]")

_ION = re.compile(r"\b(sodium|potassium|calcium|chloride) ions?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StudentSentence:
    """A sentence of a student's answer.

    Attributes:
        text: as he wrote it.
        read_as: with its spelling repaired, and one name for each thing.
        words: of that.
    """

    text: str
    read_as: str
    words: tuple[Word, ...]


def read_answer(answer: str, reader: QueryReader) -> list[StudentSentence]:
    """Return the sentences of a student's answer; each line of notes is one at least."""
    return [_sentence(text, reader) for text in _sentences(answer)]


def one_name(text: str, reader: QueryReader) -> str:
    """Return a text with its spelling repaired and the textbook's name for each thing that the lexicon knows."""
    return reader.read(_ION.sub(r"\1", plain_text(text))).text


def _sentence(text: str, reader: QueryReader) -> StudentSentence:
    read_as = one_name(text, reader)
    return StudentSentence(text, read_as, read_words(read_as))


def _sentences(answer: str) -> Iterator[str]:
    for line in answer.splitlines():
        said = _BULLET.sub("", line, count=1).strip()
        for span in split_sentences(said):
            text = said[span.start : span.end].strip()
            if _LETTER.search(text):
                yield text
