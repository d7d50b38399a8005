"""Snapshots made by hand: vectors and terms of entries that were never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rag.models import TermCounts
from rag.ports import Vectors
from rag.retrieval import Postings, Snapshot, count_postings, dense_arrays

Fields = tuple[Sequence[str], Sequence[str], Sequence[str]]
"""Terms of an entry's question, topics and answer."""


def unit(vectors: Sequence[Sequence[float]] | Vectors) -> Vectors:
    """Return vectors with a length of 1."""
    rows = np.array(vectors, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def random_vectors(count: int, dimensions: int, seed: int = 0) -> Vectors:
    """Return unit vectors in all directions."""
    return unit(np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32))


def counted(entries: Sequence[Fields]) -> TermCounts:
    """Return how often each term occurs in each of some entries."""
    names = sorted({term for fields in entries for field in fields for term in field})
    rows = [
        (names.index(term), number, [list(field).count(term) for field in fields])
        for number, fields in enumerate(entries)
        for term in sorted({term for field in fields for term in field})
    ]
    return TermCounts(
        names,
        np.array([row[0] for row in rows], dtype=np.int32),
        np.array([row[1] for row in rows], dtype=np.int32),
        np.array([row[2] for row in rows], dtype=np.int32).reshape(-1, 3),
    )


def postings_of(entries: Sequence[Fields]) -> Postings:
    """Return the postings of some entries."""
    return count_postings(counted(entries), len(entries))


def answers(*texts: str) -> Postings:
    """Return the postings of entries that have nothing but an answer, of terms between spaces."""
    return postings_of([((), (), text.split()) for text in texts])


def snapshot_of(placed: Mapping[str, Vectors], entries: Sequence[Fields] | None = None) -> Snapshot:
    """Return a snapshot.

    Args:
        placed: by url, the vector of the question and then those of the sections.
        entries: their terms, in the order of their urls; without, they have none.
    """
    urls = sorted(placed)
    counts = [len(placed[url]) - 1 for url in urls]
    words = sorted({term for fields in entries or () for field in fields for term in field})
    width = next(iter(placed.values())).shape[1] if placed else 0
    nothing = np.empty((0, width), dtype=np.float32)
    return Snapshot(
        urls=urls,
        first_sections=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        questions=dense_arrays(np.concatenate([nothing, *(placed[url][:1] for url in urls)])),
        sections=dense_arrays(np.concatenate([nothing, *(placed[url][1:] for url in urls)])),
        postings=postings_of(entries or [((), (), ())] * len(urls)),
        words=words,
        word_counts=np.arange(1, len(words) + 1, dtype=np.int32),
    )
