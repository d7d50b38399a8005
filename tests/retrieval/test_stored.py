"""Vectors searched where they are stored look to the retriever like arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexStateError
from rag.ports import Vectors
from rag.retrieval import dense_arrays, stored_vectors
from rag.retrieval.stored import StoredVectors, open_stored, save_stored
from rag.testing import MemoryVectorIndex

COUNT = 60
IDS = [f"{number * 7919 % 997:032x}" for number in range(COUNT)]
"""In an order that is not that of the alphabet."""


def unit_vectors(count: int, seed: int = 0) -> Vectors:
    """Return random vectors of unit length."""
    vectors = np.random.default_rng(seed).normal(size=(count, 24)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=["made", "reopened"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> StoredVectors:
    """Return vectors in a store that got them in another order; as made, and as read from its files."""
    index = MemoryVectorIndex()
    index.add(IDS[::-1], unit_vectors(COUNT)[::-1])
    made = stored_vectors(index, IDS)
    if request.param == "made":
        return made
    save_stored(made, tmp_path, "sections")
    return open_stored(index, tmp_path, "sections")


def test_rows_and_cosines_are_those_of_arrays(stored: StoredVectors) -> None:
    """Search, cosines and vectors agree with the arrays made of the same vectors, row by row."""
    arrays, query = dense_arrays(unit_vectors(COUNT)), unit_vectors(1, seed=1)[0]
    for own, other in zip(stored.search(query, 10), arrays.search(query, 10), strict=True):
        assert own == pytest.approx(other, abs=1e-3)
    rows = np.array([3, 41, 0, 3], dtype=np.intp)
    assert stored.cosines(query, rows) == pytest.approx(arrays.cosines(query, rows), abs=1e-3)
    assert stored.vectors(rows) == pytest.approx(unit_vectors(COUNT)[rows], abs=1e-6)


def test_no_rows_have_no_cosines(stored: StoredVectors) -> None:
    """Asking for nothing gives nothing."""
    none = np.empty(0, dtype=np.intp)
    assert len(stored.cosines(unit_vectors(1)[0], none)) == 0
    assert len(stored.vectors(none)) == 0


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    """A corpus without entries can be searched, also after it was written and read."""
    empty = stored_vectors(MemoryVectorIndex(), [])
    save_stored(empty, tmp_path, "sections")
    for each in (empty, open_stored(empty.index, tmp_path, "sections")):
        rows, cosines = each.search(unit_vectors(1)[0], 5)
        assert (len(rows), len(cosines)) == (0, 0)


@pytest.mark.parametrize("foreign", ["0", "f" * 32])
def test_a_passage_that_is_not_ours_is_an_error_of_the_index(stored: StoredVectors, foreign: str) -> None:
    """A store that was changed under a reader is noticed, wherever the stranger's id sorts."""
    query = unit_vectors(1, seed=1)[0]
    stored.index.add([foreign], query[np.newaxis, :])
    with pytest.raises(IndexStateError, match="another index"):
        stored.search(query, 3)
