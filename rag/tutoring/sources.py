"""An entry as what a student's sentences are compared with: its sentences, and the cells of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.grounding.words import Key, Word, label_end, read_words
from rag.models import Passage, Span
from rag.passages import plain_text, split_sentences
from rag.ports import Embedder, Vectors
from rag.retrieval import QueryReader
from rag.tutoring.reading import one_name

_RULE = re.compile(r"[\s|:-]+")
_PLAIN_READER = QueryReader(None)
"""Reads entries: their spelling needs no repair."""


_REMEMBERED = 64
"""Entries that are kept for the next student; about 150 KB each."""


@dataclass(frozen=True)
class Place:
    """A sentence of an entry, or a cell of its tables with the heads of its column and row.

    Attributes:
        span: in the entry's decoded answer; of a cell, its row.
        text: as it is compared: plain words, one name for each thing.
    """

    passage: Passage
    span: Span
    text: str

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Return its words."""
        return read_words(self.text)

    @cached_property
    def keys(self) -> frozenset[Key]:
        """Return what its words may stand for."""
        return keys_of(self.words)


@dataclass(frozen=True, slots=True, eq=False)
class EntrySource:
    """All that an entry says.

    Attributes:
        places: in order.
        vectors: of their texts.
        asked: what the words of the entry's question may stand for; `keys`: those of its answer.
    """

    question: str
    places: tuple[Place, ...]
    vectors: Vectors
    asked: frozenset[Key]
    keys: frozenset[Key]


@lru_cache(maxsize=_REMEMBERED)
def read_entry(passages: tuple[Passage, ...], question: str, embedder: Embedder) -> EntrySource:
    """Return what an entry says; `passages`: the sections of its answer."""
    places = tuple(place for passage in passages for place in _places(passage))
    vectors = embedder.embed([place.text for place in places])
    asked = keys_of(read_words(one_name(question, _PLAIN_READER)))
    return EntrySource(question, places, vectors, asked, frozenset(key for place in places for key in place.keys))


def keys_of(words: Sequence[Word]) -> frozenset[Key]:
    """Return what some words may stand for."""
    return frozenset(key for word in words for key in word.keys)


def entry_words(text: str) -> tuple[Word, ...]:
    """Return the words of an entry's text, one name for each thing."""
    return read_words(entry_text(text))


def entry_text(text: str) -> str:
    """Return an entry's text without its label, one name for each thing."""
    return one_name(text[label_end(text) :], _PLAIN_READER)


def _places(passage: Passage) -> Iterator[Place]:
    head: list[str] = []
    for own in split_sentences(passage.text):
        text = passage.text[own.start : own.end]
        span = Span(passage.start + own.start, passage.start + own.end)
        if not text.startswith("|"):
            yield Place(passage, span, entry_text(text))
        elif not head:
            head = _cells(text)
        elif not _RULE.fullmatch(text):
            for cell in _cell_texts(head, _cells(text)):
                yield Place(passage, span, one_name(cell, _PLAIN_READER))


def _cells(row: str) -> list[str]:
    return [plain_text(cell) for cell in row.strip().strip("|").split("|")]


def _cell_texts(head: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    """Give each cell after the names of its column and its row."""
    for name, cell in zip(head[1:], cells[1:], strict=False):
        yield f"{name} {cells[0]}: {cell}"
