"""What a question is compared with: every vector and term of an index, in arrays numbered by entry.

A snapshot is made once from a finished index and mapped by any number of readers. Entries are numbered in the order of
their urls; the sections of an entry stand together, in order.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from rag.errors import IndexStateError
from rag.ports import DenseIndex, Rows, VectorIndex
from rag.retrieval.dense import DenseArrays, NoVectors, open_array, open_dense, save_dense
from rag.retrieval.postings import Postings, open_postings, save_postings
from rag.retrieval.stored import StoredVectors, open_stored, save_stored

_SUMS: Final = "sums.json"
"""Name of the file with a checksum of each other file."""

_ONLY_VALUES: Final = ("halves", "codes", "gains")
"""Ends of the names of files in which a wrong number gives a wrong score, and no more."""

_HEAD: Final = 128
"""Bytes of NumPy's header."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The searchable form of an index.

    Attributes:
        urls: of the entries, sorted: the place of an entry's url is its number.
        first_sections: row of each entry's first section, and the number of all sections, shape ``(entries + 1,)``.
        questions: vectors of the entries' questions, a row an entry.
        sections: vectors of the sections of all answers.
        postings: the terms of the entries.
        words: all words of the entries, sorted, as they are written but in lower case.
        word_counts: in how many entries each stands, shape ``(words,)``.
    """

    urls: Sequence[str]
    first_sections: npt.NDArray[np.int64]
    questions: DenseIndex
    sections: DenseIndex
    postings: Postings
    words: Sequence[str]
    word_counts: npt.NDArray[np.int32]

    @property
    def words_only(self) -> bool:
        """Return whether there are no vectors to compare with."""
        return isinstance(self.sections, NoVectors)

    def numbers(self, urls: Collection[str]) -> Rows:
        """Return the numbers of those of some urls that have an entry, ascending."""
        places = ((bisect_left(self.urls, url), url) for url in urls)
        known = {place for place, url in places if place < len(self.urls) and self.urls[place] == url}
        return np.array(sorted(known), dtype=np.intp)

    def owners(self, sections: Rows) -> Rows:
        """Return the number of the entry that each of some sections belongs to."""
        return np.searchsorted(self.first_sections, sections, side="right") - 1

    def sections_of(self, entries: Rows) -> tuple[Rows, Rows]:
        """Return the rows of the sections of some entries, one entry after another, and where each entry's begin."""
        starts = self.first_sections[entries]
        counts = self.first_sections[entries + 1] - starts
        ends = np.cumsum(counts)
        begins = ends - counts
        rows = np.repeat(starts - begins, counts) + np.arange(int(ends[-1]) if len(ends) else 0)
        return rows.astype(np.intp), begins.astype(np.intp)


def save_snapshot(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot into a folder, which is made; stored vectors are left where they are."""
    folder.mkdir()
    for name, index in (("questions", snapshot.questions), ("sections", snapshot.sections)):
        if isinstance(index, DenseArrays):
            save_dense(index, folder, name)
        elif isinstance(index, StoredVectors):
            save_stored(index, folder, name)
    for name, texts in (("urls", snapshot.urls), ("words", snapshot.words)):
        (folder / f"{name}.json").write_text(json.dumps(list(texts)), encoding="utf-8")
    np.save(folder / "first-sections.npy", snapshot.first_sections, allow_pickle=False)
    np.save(folder / "word-counts.npy", snapshot.word_counts, allow_pickle=False)
    save_postings(snapshot.postings, folder)
    sums = {file.name: _sum(file) for file in sorted(folder.iterdir())}
    (folder / _SUMS).write_text(json.dumps(sums, indent=1), encoding="utf-8")


def open_snapshot(folder: Path, questions: VectorIndex | None = None, sections: VectorIndex | None = None) -> Snapshot:
    """Map the snapshot that `save_snapshot` wrote.

    Args:
        questions, sections: where the vectors are stored, if they are not in the folder.

    Raises:
        IndexStateError: a file is missing or damaged, or they do not fit each other.
    """
    try:
        _check_sums(folder)
        snapshot = _open(folder, questions, sections)
    except (OSError, ValueError, AttributeError, EOFError) as error:  # the last one is NumPy's for an empty file
        raise IndexStateError(
            f"the searchable arrays in {folder} cannot be used ({error}); run 'quicktakes index doctor'"
        ) from error
    return snapshot


def _open(folder: Path, questions: VectorIndex | None, sections: VectorIndex | None) -> Snapshot:
    urls, words = _texts(folder, "urls"), _texts(folder, "words")
    snapshot = Snapshot(
        urls=urls,
        first_sections=np.load(folder / "first-sections.npy", allow_pickle=False),
        questions=_open_vectors(folder, "questions", questions),
        sections=_open_vectors(folder, "sections", sections),
        postings=open_postings(folder, len(urls)),
        words=words,
        word_counts=open_array(folder / "word-counts.npy"),
    )
    _require(len(snapshot.first_sections) == len(urls) + 1, "there are not as many entries as urls")
    _require(len(snapshot.word_counts) == len(words), "there are not as many words as counts")
    for index, rows in ((snapshot.questions, len(urls)), (snapshot.sections, int(snapshot.first_sections[-1]))):
        if isinstance(index, DenseArrays):
            _require(len(index.halves) == rows, "there are not as many vectors as passages")
        elif isinstance(index, StoredVectors):
            _require(len(index.ids) == len(index.sorter) == rows, "there are not as many ids as passages")
    return snapshot


def _open_vectors(folder: Path, name: str, store: VectorIndex | None) -> DenseIndex:
    return open_dense(folder, name) if store is None else open_stored(store, folder, name)


def _check_sums(folder: Path) -> None:
    sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
    for name, expected in sums.items():
        if not (folder / name).is_file():
            continue  # its own reader says so, unless what it holds is given
        _require(_sum(folder / name) == expected, f"{name} is not what was written")


def _sum(file: Path) -> int:
    """Return a checksum: of all of a file where a wrong number could lead out of an array, else of its first bytes.

    The others hold vectors and gains, 300 MB at 36,000 entries: `quicktakes index verify` compares all of them.
    """
    with file.open("rb") as content:
        return zlib.crc32(content.read(_HEAD if file.stem.endswith(_ONLY_VALUES) else -1))


def _texts(folder: Path, name: str) -> list[str]:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def _require(claim: bool, otherwise: str) -> None:  # noqa: FBT001 the one argument it is about
    if not claim:
        raise ValueError(otherwise)
