"""The nearest of many vectors, from a code first and then exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_snapshots import random_vectors, unit

from rag.ports import Vectors
from rag.retrieval import DenseArrays, dense_arrays
from rag.retrieval.dense import open_dense, save_dense

WIDTHS = [3, 64, 100, 256, 384]
"""Dimensions that fill their last word of 64 bits, and that do not."""


def nearest(arrays: DenseArrays, vector: Vectors, limit: int) -> list[int]:
    """Return the rows nearest to a vector, worked out in the plainest way; equals in the order of rows."""
    cosines = np.vecdot(arrays.halves.astype(np.float32), vector)
    return sorted(range(len(cosines)), key=lambda row: (-cosines[row], row))[:limit]


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 60), width=st.sampled_from(WIDTHS), limit=st.integers(0, 70), seed=st.integers(0, 1_000))
def test_few_vectors_are_searched_exactly(count: int, width: int, limit: int, seed: int) -> None:
    """Rows, their order and their cosines are those of comparing with every vector."""
    arrays = dense_arrays(random_vectors(count, width, seed))
    vector = random_vectors(1, width, seed + 1)[0]
    rows, cosines = arrays.search(vector, limit)
    assert rows.tolist() == nearest(arrays, vector, limit)
    assert cosines.tolist() == np.vecdot(arrays.halves[rows].astype(np.float32), vector).tolist()


@pytest.mark.parametrize("width", WIDTHS[1:])
def test_of_many_vectors_those_that_stand_out_are_found(width: int) -> None:
    """Of 5,000 vectors in all directions, the ten that were put near a question are its ten nearest."""
    vectors, asked = random_vectors(5_000, width), random_vectors(1, width, seed=1)[0]
    places = np.arange(10) * 487
    vectors[places] = unit(asked + 0.7 * random_vectors(10, width, seed=2))
    rows, cosines = dense_arrays(vectors).search(asked, 10)
    assert set(rows.tolist()) == set(places.tolist())
    assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)


def test_of_many_vectors_in_all_directions_most_nearest_are_found() -> None:
    """Where nothing stands out, which is the worst case, three in four of the true nearest ten are still found."""
    arrays = dense_arrays(random_vectors(5_000, 384))
    asked = random_vectors(40, 384, seed=1)
    found = [set(arrays.search(vector, 10)[0].tolist()) & set(nearest(arrays, vector, 10)) for vector in asked]
    assert sum(map(len, found)) >= 0.75 * 400


@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 60), among=st.sets(st.integers(0, 59)), limit=st.integers(0, 70), seed=st.integers(0, 99))
def test_a_search_among_some_rows_finds_no_other(count: int, among: set[int], limit: int, seed: int) -> None:
    """It is the search of all rows, less those that are not looked at."""
    arrays, vector = dense_arrays(random_vectors(count, 100, seed)), random_vectors(1, 100, seed + 1)[0]
    chosen = sorted(row for row in among if row < count)
    rows, cosines = arrays.search(vector, limit, np.array(chosen, dtype=np.intp))
    assert rows.tolist() == [row for row in nearest(arrays, vector, count) if row in among][:limit]
    assert cosines.tolist() == arrays.cosines(vector, rows).tolist()


def test_a_search_among_many_rows_finds_what_stands_out_there() -> None:
    """Codes choose among the rows that are looked at only."""
    vectors, asked = random_vectors(5_000, 384), random_vectors(1, 384, seed=1)[0]
    places = np.arange(20) * 250
    vectors[places] = unit(asked + 0.7 * random_vectors(20, 384, seed=2))
    even = np.arange(0, 5_000, 2)
    assert set(places.tolist()) == set(dense_arrays(vectors).search(asked, 20)[0].tolist())
    odd = np.arange(1, 5_000, 2)
    assert set(dense_arrays(vectors).search(asked, 20, even)[0].tolist()) == set(places.tolist())
    assert not set(dense_arrays(vectors).search(asked, 20, odd)[0].tolist()) & set(places.tolist())


@pytest.mark.parametrize("width", WIDTHS[1:])
def test_what_is_near_is_a_part_that_holds_the_nearest(width: int) -> None:
    """A thirtieth of the rows, in order, holds nine in ten of those that stand out; all rows are no part."""
    vectors, asked = random_vectors(3_000, width), random_vectors(1, width, seed=1)[0]
    places = np.arange(20) * 150
    vectors[places] = unit(asked + 0.7 * random_vectors(20, width, seed=2))
    arrays = dense_arrays(vectors)
    near = arrays.near(asked, 100)
    assert near is not None
    assert 100 <= len(near) < 1_000
    assert near.tolist() == sorted(set(near.tolist()))
    assert len(set(near.tolist()) & set(places.tolist())) >= 18
    assert arrays.near(asked, 3_000) is None


def test_every_vector_is_its_own_nearest() -> None:
    """A question that is some vector exactly finds that row first."""
    vectors = random_vectors(3_000, 100)
    arrays = dense_arrays(vectors)
    assert [int(arrays.search(vectors[row], 1)[0][0]) for row in range(0, 3_000, 97)] == list(range(0, 3_000, 97))


@pytest.mark.parametrize("limit", [1_000, 1_500, 2_000, 5_000])
def test_as_many_as_were_asked_for_are_given(limit: int) -> None:
    """A limit above the number that is compared by default, or above the count, is met without a repeat."""
    rows, cosines = dense_arrays(random_vectors(2_000, 100)).search(random_vectors(1, 100, seed=1)[0], limit)
    assert len(set(rows.tolist())) == len(rows) == len(cosines) == min(limit, 2_000)


@pytest.mark.parametrize("count", [5, 33, 1_001, 3_000])
@pytest.mark.parametrize("width", WIDTHS)
def test_equal_vectors_are_given_in_the_order_of_their_rows(count: int, width: int) -> None:
    """Ties are stable to the last bit, also where the codes cannot choose among the vectors."""
    arrays = dense_arrays(np.repeat(random_vectors(1, width), count, axis=0))
    for seed in range(1, 6):
        rows, cosines = arrays.search(random_vectors(1, width, seed)[0], count)
        assert rows.tolist() == list(range(count))
        assert len(set(cosines.tolist())) == 1


def test_a_cosine_does_not_hang_on_what_else_is_compared() -> None:
    """A row has one cosine to a vector, whichever rows stand beside it."""
    arrays, vector = dense_arrays(random_vectors(50, 384)), random_vectors(1, 384, seed=1)[0]
    together = arrays.cosines(vector, np.arange(50))
    assert [float(arrays.cosines(vector, np.array([row]))[0]) for row in range(50)] == together.tolist()


def test_halves_move_a_cosine_by_very_little() -> None:
    """What is kept in two bytes a number gives the cosine of the vectors to 0.0003."""
    vectors, asked = random_vectors(2_000, 384), random_vectors(1, 384, seed=1)[0]
    cosines = dense_arrays(vectors).cosines(asked, np.arange(2_000))
    assert np.abs(cosines - vectors @ asked).max() < 0.0003


def test_halves_are_widened_to_the_bit() -> None:
    """Every finite half, the smallest and both zeros too, becomes the single that NumPy makes of it."""
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)][:, np.newaxis]
    arrays = DenseArrays(finite, np.empty((0, len(finite)), dtype=np.uint64), np.zeros(1, dtype=np.float32))
    widened = arrays.vectors(np.arange(len(finite)))
    assert np.array_equal(widened.view(np.int32), finite.astype(np.float32).view(np.int32))


def test_chosen_rows_are_given_in_the_order_asked_for() -> None:
    """Vectors and cosines follow the rows, repeats included; of no rows there are none."""
    arrays = dense_arrays(random_vectors(20, 100))
    vector = random_vectors(1, 100, seed=1)[0]
    rows = np.array([7, 0, 7, 19])
    assert arrays.vectors(rows).tolist() == arrays.halves[[7, 0, 7, 19]].astype(np.float32).tolist()
    assert arrays.cosines(vector, rows).tolist() == np.vecdot(arrays.vectors(rows), vector).tolist()
    assert arrays.vectors(rows[:0]).shape == (0, 100)
    assert arrays.cosines(vector, rows[:0]).shape == (0,)


@pytest.mark.parametrize("count", [0, 1, 70])
@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_saved_is_opened(tmp_path: Path, count: int, width: int) -> None:
    """The arrays come back bit for bit, mapped, and are searched alike."""
    saved = dense_arrays(random_vectors(count, width))
    save_dense(saved, tmp_path, "sections")
    opened = open_dense(tmp_path, "sections")
    for part in ("halves", "codes", "centre"):
        assert getattr(opened, part).dtype == getattr(saved, part).dtype
        assert np.array_equal(getattr(opened, part), getattr(saved, part))
    vector = random_vectors(1, width, seed=1)[0]
    for found, wanted in zip(opened.search(vector, 5), saved.search(vector, 5), strict=True):
        assert found.tolist() == wanted.tolist()
    few_alone = replace(opened, singles=None)  # as many as are not kept as float32
    assert opened.vectors(np.arange(count)).tolist() == few_alone.vectors(np.arange(count)).tolist()
