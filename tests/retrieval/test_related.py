"""Which entries are about the same thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import acos, degrees
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_snapshots import snapshot_of, unit
from small_corpus import build_retriever

from rag.ports import Vectors
from rag.retrieval import related_entries
from rag.retrieval.related import LEAST
from rag.testing import make_entry

Placed = Mapping[str, Sequence[Sequence[float]]]
"""By url: the vector of the question, then those of the sections; of any length, pointing where the passages lie."""


def related_among(placed: Placed, urls: Sequence[str] | None = None, limit: int = 5) -> dict[str, list[str]]:
    """Return what is related to each of some entries, or of all, where their passages lie as they were placed."""
    snapshot = snapshot_of({url: unit(vectors) for url, vectors in placed.items()})
    return related_entries(list(placed) if urls is None else urls, snapshot, limit=limit)


def at(angle: float) -> tuple[float, float]:
    """Return the direction at an angle, in degrees."""
    return float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle)))


def around(angles: Mapping[str, float]) -> dict[str, list[tuple[float, float]]]:
    """Place entries at angles, each with one opposite it, so that the mean of all is nowhere and angles are all."""
    turned = {f"{url}/opposite": angle + 180 for url, angle in angles.items()}
    return {url: [at(angle)] * 2 for url, angle in {**angles, **turned}.items()}


def test_the_nearest_come_first() -> None:
    """Others are ordered by their angle to an entry, whatever the order of their urls."""
    placed = around({"/m": 0, "/z": 10, "/a": 30, "/k": 55})

    related = related_among(placed)

    assert related["/m"] == ["/z", "/a", "/k"]
    assert related["/a"] == ["/z", "/k", "/m"]
    assert related["/k"] == ["/a", "/z", "/m"]


def test_an_entry_is_never_related_to_itself_nor_twice_to_another() -> None:
    """Where entries lie on one spot, each has the others, once each, and never itself."""
    placed = around({f"/{name}": 0 for name in "abcd"})

    related = related_among(placed)

    for url in ("/a", "/b", "/c", "/d"):
        assert sorted(related[url]) == sorted({"/a", "/b", "/c", "/d"} - {url})


@pytest.mark.parametrize("limit", [0, 1, 5, 50])
def test_no_more_than_the_limit_and_of_these_the_nearest(limit: int) -> None:
    """Of nine entries that are near enough, as many as asked for are given, from the nearest on."""
    placed = around({f"/{number}": 5 * number for number in range(10)})

    related = related_among(placed, limit=limit)

    assert related["/0"] == [f"/{number}" for number in range(1, 10)][:limit]
    assert max(map(len, related.values())) == min(limit, 9)


def test_no_entry_below_the_threshold_is_related() -> None:
    """A cosine a hundredth above the threshold is enough, one a hundredth below is not; places may stay empty."""
    near, far = (degrees(acos(LEAST + margin)) for margin in (0.01, -0.01))
    placed = around({"/here": 0, "/near": near, "/far": far})

    related = related_among(placed)

    assert related["/here"] == ["/near"]
    assert related["/near"] == ["/far", "/here"]
    assert related["/far"] == ["/near"]


def test_what_all_entries_have_in_common_relates_none() -> None:
    """Entries that share nearly everything are told apart by the little they do not share."""
    directions = {"/a1": (10, 1, 0, 0), "/a2": (10, 1, 0.2, 0), "/b1": (10, -1, 0, 1), "/b2": (10, -1, 0, 1.2)}
    vectors = unit(list(directions.values()))
    assert (vectors @ vectors.T).min() > 0.9

    related = related_among({url: [direction] * 2 for url, direction in directions.items()})

    assert related == {"/a1": ["/a2"], "/a2": ["/a1"], "/b1": ["/b2"], "/b2": ["/b1"]}


def test_question_and_sections_together_say_where_an_entry_stands() -> None:
    """An entry that asks about one thing and tells of another stands between the two."""
    others = around({"/0": 0, "/40": 40, "/50": 50, "/90": 90})
    both = {"/both": [at(0), at(90), at(60), at(30)], "/both/opposite": [at(180), at(270), at(240), at(210)]}
    placed = {**others, **both, "/asks": [at(52)] * 2, "/asks/opposite": [at(232)] * 2}

    related = related_among(placed, limit=2)

    assert sorted(related["/both"]) == ["/40", "/50"]
    assert related["/asks"] == ["/50", "/both"]


def test_a_long_answer_weighs_no_more_than_a_short_one() -> None:
    """The mean of all is that of the entries, not of their passages: one with fifty sections does not move it."""
    placed = around({"/0": 0, "/20": 20, "/50": 50, "/110": 110})
    before = related_among(placed)
    placed["/110"] *= 50

    assert related_among(placed) == before


def test_entries_that_are_not_indexed_have_none_and_are_none() -> None:
    """What is left out of the index has no place: it comes back without others, and among none."""
    placed = around({"/a": 0, "/b": 10})

    related = related_among(placed, ["/refusal", *placed, "/unfinished"])

    assert list(related) == ["/refusal", *placed, "/unfinished"]
    assert related["/refusal"] == related["/unfinished"] == []
    assert related["/a"] == ["/b"]
    assert not {"/refusal", "/unfinished"} & {other for others in related.values() for other in others}


def test_only_the_entries_asked_for_are_related() -> None:
    """An indexed entry that was not named, such as one whose file is gone, is not linked to."""
    placed = around({"/a": 0, "/b": 10, "/gone": 5})
    urls = [url for url in placed if not url.startswith("/gone")]

    assert related_among(placed, urls)["/a"] == ["/b"]


@pytest.mark.parametrize("placed", [{}, {"/only": [at(0), at(90)]}])
def test_an_empty_corpus_and_one_of_a_single_entry_have_no_relations(placed: Placed) -> None:
    """Where there is no other, nothing is related, and nothing fails."""
    assert related_among(placed) == {url: [] for url in placed}


def test_a_corpus_with_nothing_indexed_has_no_relations() -> None:
    """Where every entry is left out, each comes back without others."""
    assert related_among({}, ["/a", "/b"]) == {"/a": [], "/b": []}


def test_entries_with_hardly_an_answer_are_compared_by_their_questions(tmp_path: Path) -> None:
    """A corpus of entries whose answers are nothing but a heading is linked as their questions say."""
    entries = [
        make_entry(question, "# To come")
        for question in (
            "How do newts regrow legs?",
            "How do newts regrow tails?",
            "What does chlorophyll absorb?",
            "Why does chlorophyll absorb light?",
        )
    ]
    retriever = build_retriever(tmp_path, entries)
    newt, tail, *leaves = (entry.url for entry in entries)

    related = related_entries([newt, tail, *leaves], retriever.snapshot, limit=1)

    assert related == {newt: [tail], tail: [newt], leaves[0]: [leaves[1]], leaves[1]: [leaves[0]]}


def test_equally_near_entries_are_ordered_by_url() -> None:
    """Ties are stable: the order asked in, and the order of indexing, change nothing."""
    placed = around({"/here": 0, "/c": 20, "/a": 20, "/b": 20})
    urls = list(placed)

    found = [related_among(dict(order), urls)["/here"] for order in (placed.items(), list(placed.items())[::-1])]

    assert found == [["/a", "/b", "/c"]] * 2
    assert related_among(placed, urls[::-1])["/here"] == ["/a", "/b", "/c"]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 9), rows=st.integers(1, 4))
def test_blocks_give_what_the_whole_gives(seed: int, count: int, rows: int) -> None:
    """However many entries are compared at once, each has the others that it has by comparing one pair at a time."""
    generator = np.random.default_rng(seed)
    placed = {f"/{number}": generator.normal(size=(generator.integers(2, 5), 5)).tolist() for number in range(count)}
    whole = related_among(placed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rag.retrieval.related._ROWS", rows)
        assert related_among(placed) == whole
    assert whole == _compared_by_pairs(placed, limit=5)


def _compared_by_pairs(placed: Placed, limit: int) -> dict[str, list[str]]:
    """Return what is related to each entry, worked out in the plainest way."""
    means = {url: np.mean(_kept(vectors), axis=0) for url, vectors in placed.items()}
    means = {url: mean / np.linalg.norm(mean) for url, mean in means.items()}
    middle = np.mean(list(means.values()), axis=0)
    related: dict[str, list[str]] = {}
    for url, mean in means.items():
        cosines = {other: _cosine(mean - middle, place - middle) for other, place in means.items() if other != url}
        near = [other for other, cosine in cosines.items() if cosine >= LEAST]
        related[url] = sorted(near, key=lambda other: -cosines[other])[:limit]
    return related


def _kept(vectors: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """Return vectors as a snapshot keeps them: in halves, where near ones may be told apart no more."""
    return unit(vectors).astype(np.float16).astype(np.float64)


def _cosine(one: Vectors, other: Vectors) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
