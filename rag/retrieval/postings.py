"""BM25 over the stems of entries, from arrays that are mapped, not loaded."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from rag.models import TermCounts
from rag.ports import Rows, Vectors
from rag.retrieval.dense import open_array

FIELD_WEIGHTS: Final = (3.0, 1.5, 1.0)
"""How much an occurrence counts in the question, the topics and the answer (docs/retrieval.md)."""

_K1: Final = 1.2
_B: Final = 0.75
"""Saturation and length normalisation as Robertson and Zaragoza give them ("The Probabilistic Relevance Framework:
BM25 and Beyond", 2009); fields are weighted before saturation, as in their BM25F."""

_LEAST_IDF: Final = 1e-6
"""Of terms that more than half of the entries hold."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Which entries hold each term, and what the term adds to their score.

    Attributes:
        numbers: of the terms.
        starts: where the postings of each term begin, shape ``(terms + 1,)``.
        entries: numbers of entries, shape ``(postings,)``.
        gains: each occurrence's share of the most that the term can give, from 0 to 1, shape ``(postings,)``.
        entry_count: how many entries there are.
    """

    numbers: Mapping[str, int]
    starts: npt.NDArray[np.int64]
    entries: npt.NDArray[np.int32]
    gains: Vectors
    entry_count: int

    def entries_with(self, term: str) -> tuple[npt.NDArray[np.int32], Vectors]:
        """Return the numbers of the entries that hold a term, and its gain in each."""
        number = self.numbers.get(term)
        if number is None:
            return self.entries[:0], self.gains[:0]
        held = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.entries[held], self.gains[held]

    def present(self, term: str, entries: Rows) -> npt.NDArray[np.bool_]:
        """Return which of some entries hold a term, shape ``(len(entries),)``."""
        holding, _ = self.entries_with(term)
        if not len(holding):
            return np.zeros(len(entries), dtype=np.bool_)
        places = np.minimum(np.searchsorted(holding, entries), len(holding) - 1)
        return holding[places] == entries

    def knows(self, term: str) -> bool:
        """Return whether any entry holds a term."""
        return term in self.numbers

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of a term; greatest where no entry holds it."""
        number = self.numbers.get(term)
        held = 0 if number is None else int(self.starts[number + 1] - self.starts[number])
        return max(_LEAST_IDF, math.log((self.entry_count - held + 0.5) / (held + 0.5)))

    def scores(self, terms: Collection[str]) -> Vectors:
        """Return each entry's score for some terms, shape ``(entry_count,)``: the sum of their weighted gains."""
        scores = np.zeros(self.entry_count, dtype=np.float32)
        for term in terms:
            entries, gains = self.entries_with(term)
            scores[entries] += self.weight(term) * gains
        return scores


def count_postings(counts: TermCounts, entry_count: int) -> Postings:
    """Return the postings of what was counted."""
    frequencies = counts.by_field @ np.array(FIELD_WEIGHTS, dtype=np.float32)
    lengths = np.bincount(counts.entries, weights=frequencies, minlength=entry_count)
    norms = _K1 * (1 - _B + _B * lengths / (lengths.mean() if lengths.any() else 1.0))
    gains = (frequencies / (frequencies + norms[counts.entries])).astype(np.float32)
    order = np.lexsort((counts.entries, counts.terms))
    starts = np.searchsorted(counts.terms[order], np.arange(len(counts.names) + 1))
    return Postings(
        {name: number for number, name in enumerate(counts.names)},
        starts.astype(np.int64),
        counts.entries[order].astype(np.int32),
        gains[order],
        entry_count,
    )


def save_postings(postings: Postings, folder: Path) -> None:
    """Write the postings into a folder."""
    (folder / "terms.json").write_text(json.dumps(list(postings.numbers)), encoding="utf-8")
    for part in ("starts", "entries", "gains"):
        np.save(folder / f"postings-{part}.npy", getattr(postings, part), allow_pickle=False)


def open_postings(folder: Path, entry_count: int) -> Postings:
    """Map the postings that `save_postings` wrote; raises `OSError` or `ValueError` where they cannot be read."""
    names: list[str] = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
    starts, entries, gains = (open_array(folder / f"postings-{part}.npy") for part in ("starts", "entries", "gains"))
    if len(starts) != len(names) + 1 or not starts[-1] == len(entries) == len(gains):
        raise ValueError("there are not as many postings as terms need")
    numbers = {name: number for number, name in enumerate(names)}
    return Postings(numbers, starts, entries, gains, entry_count)
