"""What the product needs from the outside: short enough to be the architecture page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.models import (
    CatalogChange,
    ChatMessage,
    FileRecord,
    IndexedEntry,
    KeptAnswer,
    Passage,
    PassageKind,
    ReplyPart,
    TermCounts,
)

Vectors = npt.NDArray[np.float32]
"""Float32, one row a text; rows have unit length."""

UNIT_TOLERANCE = 1e-3
"""How far the length of a stored vector may be from 1."""

Rows = npt.NDArray[np.intp]
"""Positions in an array, shape ``(n,)``."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def fingerprint(self) -> str:
        """Name and content hash of the model: equal fingerprints give equal vectors."""
        ...

    @property
    def max_tokens(self) -> int:
        """Longest text the model reads, in its own tokens."""
        ...

    @property
    def batch_size(self) -> int:
        """How many texts to hand over at once, so that a failure loses none that was embedded before."""
        ...

    @property
    def usd_per_million_tokens(self) -> float | None:
        """What the texts cost: 0 where nothing is billed, None where something may be and the price is unknown."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return the length of a text in the model's tokens, marks included."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, shape ``(len(texts), dimensions)``, in their order; raises `ProviderError`."""
        ...


class Reranker(Protocol):
    """Reads a question beside each of some texts, and says how well they answer it."""

    def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the relevance of each text, in their order: finite, higher is better; raises `ProviderError`."""
        ...


class ChatModel(Protocol):
    """Writes replies to messages."""

    @property
    def name(self) -> str:
        """How provenance and errors name it: ``openai:gpt-5-mini``."""
        ...

    def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        """Give a reply piece by piece, and last of all its `ReplyEnd`: without one the reply is not whole.

        To be closed where it is not read to its end; the connection is then closed at once.

        Args:
            is_shown: whether a reader has seen something of the reply. Until then an attempt that fails may be followed
                by another, told by a `ReplyRestart`; after it, never.

        Raises:
            ProviderError: the reply failed; what came before is not whole.
        """
        ...


class AnswerCache(Protocol):
    """Remembers answers that a language model wrote; it never fails: what it cannot do, it leaves."""

    def get(self, key: str) -> KeptAnswer | None:
        """Return the answer that is kept under a key; None where there is none, or it cannot be read."""
        ...

    def keep(self, key: str, answer: KeptAnswer) -> None:
        """Keep an answer under a key, in place of what is there; those used longest ago give way to it."""
        ...


class BulkEmbedder(Protocol):
    """Turns more texts into vectors than one process should."""

    def embed(self, texts: Iterable[str]) -> Generator[tuple[list[str], Vectors]]:
        """Yield batches of texts with their vectors as they come, in any order, each text as often as it was given.

        To be closed where not all batches are taken; what was yielded before a failure is good. Raises `ProviderError`
        where the workers fail, `ConfigurationError` where they are not set up as this process is.
        """
        ...


class VectorIndex(Protocol):
    """Keeps vectors by id, and finds the nearest of them by cosine."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, shape ``(len(ids), dimensions)``, under ids that are not there yet."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Return how many vectors there are."""
        ...

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        ...

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        ...

    def cosines(self, vector: Vectors, ids: Sequence[str]) -> Vectors:
        """Return the cosine of a vector of shape ``(dimensions,)`` to each of some ids; raises `IndexStateError`."""
        ...

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of ids, shape ``(len(ids), dimensions)``, in their order; raises `IndexStateError`."""
        ...

    def close(self) -> None:
        """Release its files."""
        ...


class DenseIndex(Protocol):
    """Finds the nearest of many unit vectors, numbered by row."""

    def search(self, vector: Vectors, limit: int, among: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows nearest to a vector of shape ``(dimensions,)``, with their cosines, nearest first.

        Args:
            among: rows, ascending, that alone need to be looked at; None for all.
        """
        ...

    def near(self, vector: Vectors, count: int) -> Rows | None:
        """Return about `count` rows, ascending, that are near to a vector; None where that costs more than it saves."""
        ...

    def cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the cosine of a vector of shape ``(dimensions,)`` to each of some rows."""
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(len(rows), dimensions)``."""
        ...


class PassageStore(Protocol):
    """Keeps indexed entries and their passages."""

    def question_of(self, url: str) -> str:
        """Return the question of an entry; raises `NotIndexedError`."""
        ...

    def answer_of(self, url: str) -> str:
        """Return the decoded answer of an entry; raises `NotIndexedError`."""
        ...

    def questions(self) -> dict[str, str]:
        """Return the questions of all indexed entries by url, in the order of their urls."""
        ...

    def path_of(self, url: str) -> str:
        """Return the path of an entry's file, relative to the corpus folder; raises `NotIndexedError`."""
        ...

    def passages(self, urls: Collection[str]) -> list[Passage]:
        """Return the passages of some entries, in the order of entry and place."""
        ...

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has, indexed or left out."""
        ...

    def passage_ids(self) -> list[tuple[str, PassageKind, str]]:
        """Return url, kind and id of every passage, in the order of entry and place."""
        ...

    def passage_counts(self) -> dict[PassageKind, int]:
        """Return how many passages there are of each kind."""
        ...


class Catalog(PassageStore, Protocol):
    """The record of what an index was built from, beside its entries, passages and terms."""

    def entry_count(self) -> int:
        """Return how many entries are indexed."""
        ...

    def urls(self) -> list[str]:
        """Return the urls of all indexed entries, sorted."""
        ...

    def entries(self, urls: Collection[str]) -> list[IndexedEntry]:
        """Return entries as they are kept, in the order of their urls; terms and passages come sorted."""
        ...

    def term_counts(self) -> TermCounts:
        """Return how often each term occurs in each entry, entries numbered in the order of `urls`."""
        ...

    def words(self) -> dict[str, int]:
        """Return in how many entries each word stands, as it is written."""
        ...

    def meta(self) -> dict[str, str]:
        """Return what the index was built with, and its state."""
        ...

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Record facts about the index, durably."""
        ...

    def close(self) -> None:
        """Release its files."""
        ...

    def files(self) -> dict[str, FileRecord]:
        """Return what each corpus file held when it was last read, by path."""
        ...

    def apply(self, change: CatalogChange) -> None:
        """Carry out a change, in one transaction."""
        ...


class EmbeddingCache(Protocol):
    """Remembers vectors by text and model."""

    def embed(self, texts: Sequence[str], embedder: Embedder) -> tuple[Vectors, int]:
        """Return the vectors of texts, in their order, and how many of them had to be computed."""
        ...

    def missing(self, texts: Sequence[str], embedder: Embedder) -> list[str]:
        """Return the distinct texts whose vectors would have to be computed, in their order."""
        ...

    def forget(self, texts: Sequence[str], embedder: Embedder) -> None:
        """Drop the vectors of texts, so that they are computed anew."""
        ...

    def keep(self, texts: Sequence[str], vectors: Vectors, embedder: Embedder) -> None:
        """Remember vectors of this embedder that were computed elsewhere, one row a text."""
        ...
