"""The contract of `rag.ports.VectorIndex`, for the double and for Chroma."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.adapters.chroma import ChromaVectorIndex
from rag.adapters.chroma_server import ChromaServer
from rag.errors import IndexStateError
from rag.ports import VectorIndex, Vectors
from rag.testing import MemoryVectorIndex

DIMENSIONS = 24
OVER_ONE_BATCH = 5_462
"""Chroma takes at most 5,461 rows in one call."""


@pytest.fixture(params=["memory", "chroma", pytest.param("server", marks=pytest.mark.allow_hosts(["127.0.0.1"]))])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    """Give an empty index of each kind."""
    if request.param == "memory":
        yield MemoryVectorIndex()
    elif request.param == "chroma":
        yield ChromaVectorIndex(tmp_path / "chroma", "sections")
    else:
        with closing(ChromaServer(request.getfixturevalue("chroma_url"))) as server:
            yield ChromaVectorIndex(server, f"sections-{secrets.token_hex(8)}")


def unit_vectors(count: int, seed: int = 0) -> Vectors:
    """Return random vectors of unit length."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def names(count: int) -> list[str]:
    """Return as many ids."""
    return [f"p{number:05d}" for number in range(count)]


def test_a_new_index_is_empty(index: VectorIndex) -> None:
    """Nothing is counted, found or listed before something is added."""
    query = unit_vectors(1)[0]
    assert index.count() == 0
    assert index.search(query, 5) == []
    assert len(index.cosines(query, [])) == 0
    assert index.ids() == set()


def test_search_gives_the_nearest_first_with_their_cosines(index: VectorIndex) -> None:
    """Order and values are those of the exact cosine."""
    vectors, query = unit_vectors(300), unit_vectors(1, seed=1)[0]
    index.add(names(300), vectors)
    exact = vectors @ query
    best = np.argsort(-exact)[:10]
    found = index.search(query, 10)
    assert [name for name, _ in found] == [names(300)[place] for place in best]
    assert [cosine for _, cosine in found] == pytest.approx(exact[best].tolist(), abs=1e-5)


def test_a_vector_is_its_own_nearest_and_its_opposite_the_farthest(index: VectorIndex) -> None:
    """Cosines run from 1 for the same direction to -1 for the opposite one."""
    one, other = np.eye(DIMENSIONS, dtype=np.float32)[:2]
    index.add(["opposite", "across", "same"], np.stack([-one, other, one]))
    found = index.search(one, 3)
    assert [name for name, _ in found] == ["same", "across", "opposite"]
    assert [cosine for _, cosine in found] == pytest.approx([1, 0, -1], abs=1e-6)


def test_near_tied_neighbours_are_found(index: VectorIndex) -> None:
    """Among many vectors that are nearly as near, the nearest are still found."""
    crowd = unit_vectors(1) + 0.02 * unit_vectors(4_000, seed=2)
    crowd /= np.linalg.norm(crowd, axis=1, keepdims=True)
    index.add(names(4_000), crowd)
    queries = crowd[:20] + 0.02 * unit_vectors(20, seed=3)
    found = [{name for name, _ in index.search(query / np.linalg.norm(query), 5)} for query in queries]
    exact = [{names(4_000)[place] for place in np.argsort(-(crowd @ query))[:5]} for query in queries]
    assert sum(len(a & b) for a, b in zip(found, exact, strict=True)) >= 99


@pytest.mark.parametrize("limit", [8, 500])
def test_a_limit_above_the_count_gives_all(index: VectorIndex, limit: int) -> None:
    """Asking for more than there is gives what there is."""
    index.add(names(7), unit_vectors(7))
    assert sorted(name for name, _ in index.search(unit_vectors(1, seed=1)[0], limit)) == names(7)


def test_a_limit_beyond_the_search_breadth_is_met(index: VectorIndex) -> None:
    """As many as were asked for are found, however many."""
    index.add(names(1_500), unit_vectors(1_500))
    found = index.search(unit_vectors(1, seed=1)[0], 1_200)
    assert len({name for name, _ in found}) == 1_200
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)


def test_a_limit_of_none_finds_nothing(index: VectorIndex) -> None:
    """A limit of 0 is no error."""
    index.add(names(3), unit_vectors(3))
    assert index.search(unit_vectors(1)[0], 0) == []


def test_what_is_deleted_is_gone(index: VectorIndex) -> None:
    """A deleted vector is neither counted, listed nor found; the others stay."""
    vectors = unit_vectors(50)
    index.add(names(50), vectors)
    index.delete(names(20))
    assert index.count() == 30
    assert sorted(name for name, _ in index.search(vectors[0], 50)) == names(50)[20:]
    with pytest.raises(IndexStateError):
        index.cosines(vectors[0], names(20))
    assert index.ids() == set(names(50)[20:])


def test_an_index_can_be_emptied_and_filled_again(index: VectorIndex) -> None:
    """An id that was deleted can be added again, with another vector."""
    first, second = unit_vectors(5), unit_vectors(5, seed=9)
    index.add(names(5), first)
    index.delete(names(5))
    assert index.search(first[0], 5) == []
    index.add(names(5), second)
    assert index.count() == 5
    assert index.cosines(second[0], ["p00000"]) == pytest.approx([1], abs=1e-5)
    assert index.vectors(["p00000"])[0] == pytest.approx(second[0], abs=1e-6)


def test_deleting_unknown_ids_changes_nothing(index: VectorIndex) -> None:
    """Unknown ids are ignored, beside known ones too."""
    index.delete(["nobody"])
    index.add(names(3), unit_vectors(3))
    index.delete(["nobody", "p00001"])
    assert index.count() == 2


def test_adding_and_deleting_nothing_changes_nothing(index: VectorIndex) -> None:
    """Empty calls are no error."""
    index.add(names(3), unit_vectors(3))
    index.add([], unit_vectors(0))
    index.delete([])
    assert index.count() == 3


@pytest.mark.parametrize("count", [40, 3_000])
def test_cosines_are_given_in_the_order_asked_for(index: VectorIndex, count: int) -> None:
    """Each id gets its exact cosine, also where it recurs, or where the store's own search does not come to it."""
    ids, vectors, query = names(count), unit_vectors(count), unit_vectors(1, seed=4)[0]
    index.add(ids, vectors)
    asked = [31, 2, 17, 2, *range(count)]
    assert index.cosines(query, [ids[place] for place in asked]) == pytest.approx(vectors[asked] @ query, abs=1e-5)


@pytest.mark.parametrize("asked", [["nobody"], ["p00000", "nobody"]])
def test_a_cosine_to_a_missing_vector_is_an_error_of_the_index(index: VectorIndex, asked: list[str]) -> None:
    """An unknown id is refused beside known ones too."""
    index.add(names(3), unit_vectors(3))
    with pytest.raises(IndexStateError):
        index.cosines(unit_vectors(1)[0], asked)


def test_cosines_of_no_ids_are_none(index: VectorIndex) -> None:
    """Asking for nothing gives nothing, in a filled index too."""
    index.add(names(3), unit_vectors(3))
    assert len(index.cosines(unit_vectors(1)[0], [])) == 0


def test_the_ids_are_all_that_were_added(index: VectorIndex) -> None:
    """Each id is listed, in whatever steps they came."""
    index.add(names(40)[7:], unit_vectors(33))
    index.add(names(40)[:7], unit_vectors(7, seed=2))
    assert index.ids() == set(names(40))


@pytest.mark.parametrize("places", [[0, 1, 2], [2, 0, 1], [31, 7, 39, 0], [5]])
def test_vectors_are_given_back_in_the_order_asked_for(index: VectorIndex, places: list[int]) -> None:
    """Each row is the very vector that was added under its id, whatever the order they were added in."""
    vectors = unit_vectors(40)
    index.add(names(40), vectors)
    given = index.vectors([names(40)[place] for place in places])
    assert given == pytest.approx(vectors[places], abs=1e-6)
    assert (given.shape, given.dtype) == ((len(places), DIMENSIONS), np.float32)


def test_a_vector_asked_for_twice_is_given_twice(index: VectorIndex) -> None:
    """There is a row for each id that was asked for, also where one recurs."""
    vectors = unit_vectors(3)
    index.add(names(3), vectors)
    assert index.vectors(["p00002", "p00001", "p00002"]) == pytest.approx(vectors[[2, 1, 2]], abs=1e-6)


@pytest.mark.parametrize("count", [0, 3])
def test_the_vectors_of_no_ids_are_no_rows(index: VectorIndex, count: int) -> None:
    """Asking for nothing is no error, in an empty index or a filled one."""
    index.add(names(count), unit_vectors(count))
    assert len(index.vectors([])) == 0


@pytest.mark.parametrize("asked", [["nobody"], ["p00000", "nobody", "p00002"], ["p00001"]])
def test_a_vector_that_is_missing_is_an_error_of_the_index(index: VectorIndex, asked: list[str]) -> None:
    """A row is never left out, nor made up: an unknown id, or a deleted one, is refused beside known ones too."""
    index.add(names(3), unit_vectors(3))
    index.delete(["p00001"])
    with pytest.raises(IndexStateError, match="lacks 1 "):
        index.vectors(asked)


def test_an_empty_index_has_no_vector_to_give(index: VectorIndex) -> None:
    """Before anything is added, every id is missing."""
    with pytest.raises(IndexStateError, match="lacks 2 "):
        index.vectors(names(2))


def test_a_vector_that_replaced_a_deleted_one_is_the_one_given(index: VectorIndex) -> None:
    """What is given is what the index holds now."""
    first, second = unit_vectors(4), unit_vectors(4, seed=9)
    index.add(names(4), first)
    index.delete(names(2))
    index.add(names(2), second[:2])
    assert index.vectors(names(4)) == pytest.approx(np.concatenate([second[:2], first[2:]]), abs=1e-6)


def test_more_rows_than_one_batch_are_added_listed_given_and_deleted_at_once(index: VectorIndex) -> None:
    """The store's limit on the rows of one call is no limit of the index."""
    vectors = unit_vectors(OVER_ONE_BATCH)
    index.add(names(OVER_ONE_BATCH), vectors)
    assert index.count() == OVER_ONE_BATCH
    assert index.search(vectors[-1], 1)[0][0] == names(OVER_ONE_BATCH)[-1]
    assert index.ids() == set(names(OVER_ONE_BATCH))
    assert index.vectors(names(OVER_ONE_BATCH)[::-1]) == pytest.approx(vectors[::-1], abs=1e-6)
    index.delete(names(OVER_ONE_BATCH))
    assert index.count() == 0


def test_vectors_out_of_reach_of_the_stores_search_are_compared_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma's graph may not lead to each of some ids: of 25,000 random vectors it missed one in a hundred."""
    vectors, query = unit_vectors(40), unit_vectors(1, seed=4)[0]
    index = ChromaVectorIndex(tmp_path / "chroma", "sections")
    index.add(names(40), vectors)
    nearest = ChromaVectorIndex._nearest
    monkeypatch.setattr(ChromaVectorIndex, "_nearest", lambda *given: nearest(*given)[:-7])
    assert index.cosines(query, names(40)) == pytest.approx(vectors @ query, abs=1e-5)


REOPEN = """
import json, sys
import numpy as np
from pathlib import Path
from rag.adapters.chroma import ChromaVectorIndex
index = ChromaVectorIndex(Path(sys.argv[1]), "sections")
print(json.dumps([index.count(), index.search(np.array(json.loads(sys.argv[2]), dtype=np.float32), 5)]))
"""


def test_another_process_finds_all_that_chroma_was_given(tmp_path: Path) -> None:
    """Vectors, and deletions, are on disk: they outlive the process that made them."""
    vectors, query = unit_vectors(1_200), unit_vectors(1, seed=5)[0]
    index = ChromaVectorIndex(tmp_path / "chroma", "sections")
    index.add(names(1_200), vectors)
    index.delete(names(100))
    command = [sys.executable, "-c", REOPEN, str(tmp_path / "chroma"), json.dumps(query.tolist())]
    reopened = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 our own program
    count, found = json.loads(reopened.stdout)
    assert count == 1_100
    assert [tuple(pair) for pair in found] == index.search(query, 5)


def test_collections_in_one_folder_do_not_mix(tmp_path: Path) -> None:
    """Questions and sections can hold the same ids."""
    questions, sections = (ChromaVectorIndex(tmp_path, name) for name in ("questions", "sections"))
    questions.add(names(3), unit_vectors(3))
    sections.add(names(2), unit_vectors(2))
    questions.delete(names(3))
    assert (questions.count(), sections.count()) == (0, 2)


@contextmanager
def refused(folder: Path) -> Iterator[None]:
    """Expect the index state error that names a folder."""
    with pytest.raises(IndexStateError) as caught:
        yield
    assert str(folder) in str(caught.value)
    assert caught.value.__cause__ is not None


def test_a_damaged_chroma_folder_is_refused_by_name(tmp_path: Path) -> None:
    """The operator learns which folder cannot be opened, not how Chroma failed."""
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database " * 1_000)
    with refused(tmp_path):
        ChromaVectorIndex(tmp_path, "sections")


def test_a_file_where_chroma_wants_its_folder_is_refused_by_name(tmp_path: Path) -> None:
    """The same where the folder is a file."""
    place = tmp_path / "chroma"
    place.touch()
    with refused(place):
        ChromaVectorIndex(place, "sections")
