"""The searchable form of an index: saved whole, opened whole or not at all."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_snapshots import Fields, random_vectors, snapshot_of

from rag.errors import IndexStateError
from rag.retrieval import Snapshot, open_snapshot, save_snapshot, stored_vectors
from rag.testing import MemoryVectorIndex

FILES = {
    "first-sections.npy",
    "postings-entries.npy",
    "postings-gains.npy",
    "postings-starts.npy",
    "questions-centre.npy",
    "questions-codes.npy",
    "questions-halves.npy",
    "sections-centre.npy",
    "sections-codes.npy",
    "sections-halves.npy",
    "terms.json",
    "urls.json",
    "word-counts.npy",
    "words.json",
}
DENSE = sorted(name for name in FILES if name.startswith(("questions", "sections")))

TEXTS: list[Fields] = [
    (["cell"], ["life"], ["cell", "wall"]),
    (["leaf"], ["plant"], ["leaf", "green", "light"]),
    (["gene"], [], ["gene", "dna"]),
]


def made(entries: int, seed: int = 0) -> Snapshot:
    """Return a snapshot of a few entries, each with one section more than the one before."""
    placed = {f"/learn/{number}": random_vectors(number + 2, 100, seed + number) for number in range(entries)}
    return snapshot_of(placed, TEXTS[:entries])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a snapshot of three entries."""
    save_snapshot(made(3), tmp_path / "snapshot")
    return tmp_path / "snapshot"


@pytest.mark.parametrize("entries", [0, 1, 3])
def test_what_is_saved_is_opened(tmp_path: Path, entries: int) -> None:
    """Every part comes back as it was; saved again, every file is the same byte for byte."""
    saved = made(entries)
    save_snapshot(saved, tmp_path / "one")
    opened = open_snapshot(tmp_path / "one")
    save_snapshot(opened, tmp_path / "two")
    assert list(opened.urls) == list(saved.urls)
    assert list(opened.words) == list(saved.words)
    assert dict(opened.postings.numbers) == dict(saved.postings.numbers)
    for part in ("first_sections", "word_counts"):
        assert getattr(opened, part).tolist() == getattr(saved, part).tolist()
    first, second = ({file.name: file.read_bytes() for file in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert first.keys() == {*FILES, "sums.json"}
    assert first == second


def test_a_url_may_hold_any_sign(tmp_path: Path) -> None:
    """Line breaks, quotes and other scripts in a url are kept."""
    urls = sorted(["/a\nb", "/a\rb", "/a\u2028b", '/"', "/\\", "/葉", "/é"])
    save_snapshot(snapshot_of({url: random_vectors(2, 100) for url in urls}), tmp_path / "snapshot")
    assert list(open_snapshot(tmp_path / "snapshot").urls) == urls


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("share", [None, 0, 0.5, -1])
def test_a_file_that_is_missing_or_cut_short_is_noticed(folder: Path, name: str, share: float | None) -> None:
    """Whichever file it is: gone, empty, cut in half or without its last byte, the snapshot is refused by its name."""
    file = folder / name
    content = file.read_bytes()
    file.unlink()
    if share is not None:
        file.write_bytes(content[:-1] if share < 0 else content[: int(len(content) * share)])
    with pytest.raises(IndexStateError, match=r"snapshot cannot be used.*quicktakes index doctor"):
        open_snapshot(folder)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_garbage_is_noticed(folder: Path, name: str) -> None:
    """Whichever file it is, what is no array and no list is refused."""
    (folder / name).write_bytes(b"\xff not what it was " * 50)
    with pytest.raises(IndexStateError):
        open_snapshot(folder)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_of_a_smaller_snapshot_is_noticed(folder: Path, tmp_path: Path, name: str) -> None:
    """Files of two snapshots do not pass for one where the two differ in size."""
    save_snapshot(made(2), tmp_path / "smaller")
    shutil.copy(tmp_path / "smaller" / name, folder / name)
    with pytest.raises(IndexStateError):
        open_snapshot(folder)


@pytest.mark.parametrize("name", DENSE)
def test_vectors_of_another_snapshot_are_noticed(folder: Path, tmp_path: Path, name: str) -> None:
    """Vectors, their codes and their mean belong together, also where another snapshot's have the same shape."""
    save_snapshot(made(3, seed=50), tmp_path / "other")
    shutil.copy(tmp_path / "other" / name, folder / name)
    with pytest.raises(IndexStateError, match=r"codes|not what was written"):
        open_snapshot(folder)


def test_vectors_may_be_kept_elsewhere(tmp_path: Path) -> None:
    """Of stored vectors only the passages' ids are saved; the store is given again when the snapshot is opened."""
    snapshot, vectors, store = made(3), random_vectors(9, 3), MemoryVectorIndex()
    ids = [f"p{number}" for number in range(9)]
    store.add(ids, vectors)
    counts = (len(snapshot.urls), int(snapshot.first_sections[-1]))
    kept = [stored_vectors(store, ids[:count]) for count in counts]
    save_snapshot(dataclasses.replace(snapshot, questions=kept[0], sections=kept[1]), tmp_path / "snapshot")
    assert not {file.name for file in (tmp_path / "snapshot").iterdir()} & set(DENSE)
    with pytest.raises(IndexStateError):
        open_snapshot(tmp_path / "snapshot")
    opened = open_snapshot(tmp_path / "snapshot", store, store)
    rows = np.arange(counts[1])
    assert opened.sections.cosines(vectors[0], rows) == pytest.approx(vectors[: counts[1]] @ vectors[0])
    (tmp_path / "snapshot/sections-ids.npy").write_bytes((tmp_path / "snapshot/questions-ids.npy").read_bytes())
    with pytest.raises(IndexStateError, match=r"sections-ids\.npy is not what was written"):
        open_snapshot(tmp_path / "snapshot", store, store)


COUNTS = st.lists(st.integers(1, 4), min_size=1, max_size=12)


def placed(counts: list[int]) -> Snapshot:
    """Return a snapshot of entries with so many sections each."""
    vectors = random_vectors(max(counts) + 1, 3)
    return snapshot_of({f"/{number:02d}": vectors[: count + 1] for number, count in enumerate(counts)})


@given(counts=COUNTS, asked=st.lists(st.integers(0, 15)))
def test_urls_are_numbered_by_their_place(counts: list[int], asked: list[int]) -> None:
    """The numbers of some urls ascend, without repeats; urls that no entry has, have none."""
    numbers = placed(counts).numbers([f"/{number:02d}" for number in asked])
    assert numbers.tolist() == sorted({number for number in asked if number < len(counts)})
    assert placed(counts).numbers(["", "/", "/zz"]).tolist() == []


@given(counts=COUNTS, chosen=st.lists(st.integers(0, 11), unique=True))
def test_the_sections_of_entries_stand_together(counts: list[int], chosen: list[int]) -> None:
    """Each entry's rows follow one another from where they begin, and belong to it; in the order asked for."""
    snapshot = placed(counts)
    entries = np.array([number for number in chosen if number < len(counts)], dtype=np.intp)
    rows, begins = snapshot.sections_of(entries)
    expected = [range(sum(counts[:entry]), sum(counts[: entry + 1])) for entry in entries]
    assert rows.tolist() == [row for own in expected for row in own]
    assert [rows[begin] for begin in begins] == [own[0] for own in expected]
    assert snapshot.owners(rows).tolist() == [entry for entry in entries for _ in range(counts[entry])]


@given(counts=COUNTS)
def test_every_section_has_one_owner(counts: list[int]) -> None:
    """All rows belong to the entries in their order."""
    rows = np.arange(sum(counts))
    assert placed(counts).owners(rows).tolist() == [entry for entry, n in enumerate(counts) for _ in range(n)]
