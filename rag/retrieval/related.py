"""Which entries are about the same thing as each entry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.ports import Rows, Vectors
from rag.retrieval.snapshot import Snapshot

LEAST = 0.27
"""Cosine below which two entries are not related; 19 in 20 of the starter corpus's entries have five above it."""

_ROWS = 1000
"""Entries compared with all others at once: 36,000 of them then take 144 MB, not 5 GB."""


def related_entries(urls: Sequence[str], snapshot: Snapshot, *, limit: int) -> dict[str, list[str]]:
    """Return for each entry the urls of up to `limit` others that are about the same thing, nearest first.

    An entry stands where the mean of its passages' vectors lies, measured from the mean of all of the entries given:
    what every biology answer has in common would else hide what sets them apart (Mu and Viswanath, ICLR 2018). No
    entry is related to itself.

    Args:
        urls: of indexed entries; those that are not indexed have no passages, and come back without others.
    """
    entries = snapshot.numbers(urls)
    vectors = _placed(entries, snapshot)
    related: dict[str, list[str]] = {url: [] for url in urls}
    for start in range(0, len(entries), _ROWS):
        cosines = vectors[start : start + _ROWS] @ vectors.T
        for row, own in enumerate(cosines):
            own[start + row] = -1.0
            nearest = np.argsort(-own, kind="stable")[:limit]
            url = snapshot.urls[int(entries[start + row])]
            related[url] = [snapshot.urls[int(entries[place])] for place in nearest if own[place] >= LEAST]
    return related


def _placed(entries: Rows, snapshot: Snapshot) -> Vectors:
    """Return where some entries stand, as unit vectors of shape ``(entries, dimensions)``."""
    if not len(entries):
        return np.empty((0, 0), dtype=np.float32)
    rows, begins = snapshot.sections_of(entries)
    sums = np.add.reduceat(snapshot.sections.vectors(rows), begins, axis=0) + snapshot.questions.vectors(entries)
    means = _unit(sums)
    return _unit(means - means.mean(axis=0))


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
