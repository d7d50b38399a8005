"""What the product needs from the outside: short enough to be the architecture page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.models import CatalogChange, FileRecord, Passage, PassageKind

Vectors = npt.NDArray[np.float32]
"""Float32, one row a text; rows have unit length."""


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


class VectorIndex(Protocol):
    """Finds the nearest of many vectors by cosine."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, shape ``(len(ids), dimensions)``, under ids that are not there yet."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        ...

    def count(self) -> int:
        """Return how many vectors there are."""
        ...

    def can_search(self) -> bool:
        """Return whether a search works: a store can be damaged though its count is right."""
        ...

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine to a vector of shape ``(dimensions,)``, nearest first."""
        ...

    def cosines(self, vector: Vectors, ids: Collection[str]) -> dict[str, float]:
        """Return the cosine to a vector of shape ``(dimensions,)`` of each id that is there."""
        ...

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """Return the vectors of ids, shape ``(len(ids), dimensions)``, in their order; raises `IndexStateError`."""
        ...

    def close(self) -> None:
        """Release its files."""
        ...


class LexicalIndex(Protocol):
    """Finds entries by their terms, and knows how common each term is."""

    def entry_count(self) -> int:
        """Return how many entries are indexed."""
        ...

    def search_terms(self, terms: Collection[str], limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` urls of entries that hold any of the terms, with their BM25 score, best first."""
        ...

    def score_terms(self, terms: Collection[str], urls: Collection[str]) -> dict[str, float]:
        """Return the BM25 score of each of some entries that holds any of the terms."""
        ...

    def counts_of_terms(self, terms: Collection[str]) -> dict[str, int]:
        """Return in how many entries each term occurs; terms that occur in none are left out."""
        ...


class PassageStore(Protocol):
    """Keeps indexed entries and their passages."""

    def question_of(self, url: str) -> str:
        """Return the question of an entry; raises `NotIndexedError`."""
        ...

    def answer_of(self, url: str) -> str:
        """Return the decoded answer of an entry; raises `NotIndexedError`."""
        ...

    def passages(self, urls: Collection[str]) -> list[Passage]:
        """Return the passages of some entries, in the order of entry and place."""
        ...

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has, indexed or left out."""
        ...

    def urls_of_passages(self, ids: Collection[str]) -> dict[str, str]:
        """Return the entry's url for each of some passages."""
        ...

    def passage_counts(self) -> dict[PassageKind, int]:
        """Return how many passages there are of each kind."""
        ...


class Catalog(LexicalIndex, PassageStore, Protocol):
    """The record of what an index was built from, beside its passages and terms."""

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
