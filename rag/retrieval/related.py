"""Which entries are about the same thing as each entry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.ports import PassageStore, VectorIndex, Vectors

LEAST = 0.27
"""Cosine below which two entries are not related; 19 in 20 of the starter corpus's entries have five above it."""

_ROWS = 1000
"""Entries compared with all others at once: 36,000 of them then take 144 MB, not 5 GB."""


def related_entries(
    urls: Sequence[str], store: PassageStore, questions: VectorIndex, sections: VectorIndex, *, limit: int
) -> dict[str, list[str]]:
    """Return for each entry the urls of up to `limit` others that are about the same thing, nearest first.

    An entry stands where the mean of its passages' vectors lies, measured from the mean of all entries: what every
    biology answer has in common would else hide what sets them apart (Mu and Viswanath, ICLR 2018). No entry is
    related to itself.

    Args:
        urls: of indexed entries; those that are not indexed have no passages, and come back without others.
    """
    placed, vectors = _placed_entries(urls, store, questions, sections)
    related: dict[str, list[str]] = {url: [] for url in urls}
    for start in range(0, len(placed), _ROWS):
        cosines = vectors[start : start + _ROWS] @ vectors.T
        for row, own in enumerate(cosines):
            own[start + row] = -1.0
            nearest = np.argsort(-own, kind="stable")[:limit]
            related[placed[start + row]] = [placed[int(place)] for place in nearest if own[place] >= LEAST]
    return related


def _placed_entries(
    urls: Sequence[str], store: PassageStore, questions: VectorIndex, sections: VectorIndex
) -> tuple[list[str], Vectors]:
    """Return the entries that have passages, and their unit vectors, shape ``(entries, dimensions)``."""
    passages = store.passages(urls)
    placed = list(dict.fromkeys(passage.url for passage in passages))
    if not placed:
        return [], np.empty((0, 0), dtype=np.float32)
    row_of = {url: row for row, url in enumerate(placed)}
    asked = [passage for passage in passages if passage.kind == "question"]
    told = [passage for passage in passages if passage.kind == "section"]
    vectors = np.concatenate(
        [index.vectors([each.id for each in some]) for index, some in ((questions, asked), (sections, told))]
    )
    sums = np.zeros((len(placed), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, [row_of[passage.url] for passage in (*asked, *told)], vectors)
    means = _unit(sums)
    return placed, _unit(means - means.mean(axis=0))


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
