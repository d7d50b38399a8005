"""Exact nearest neighbours over many unit vectors, from files that are mapped, not loaded.

A search looks at one bit for each dimension first (which side of the corpus mean the vector lies on; Hamming distance),
then compares the nearest of those exactly. tests/retrieval/test_dense.py bounds what the first step may lose.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from rag.ports import Rows, Vectors

_COMPARED: Final = 400
"""How many are compared exactly: of 6,000 sections the true nearest ten are all but one in a hundred among them. More
of them, up to 1,000, changed no hit rate of docs/retrieval.md."""

_BITS: Final = 64

_FEW: Final = 16_384
"""Vectors that are widened once, into 25 MB of memory, rather than those of each search: 0.6 of its 2.7 ms."""


@dataclass(frozen=True, slots=True)
class DenseArrays:
    """Unit vectors and their codes; implements the port `rag.ports.DenseIndex`.

    Attributes:
        halves: the vectors, shape ``(n, dimensions)``; float16, which moves a cosine by 0.0003 at most.
        codes: shape ``(dimensions / 64, n)``, uint64: the signs of the vectors less `centre`, 64 to a word.
        centre: mean of the vectors, shape ``(dimensions,)``.
        singles: the vectors as float32, where they are few.
    """

    halves: npt.NDArray[np.float16]
    codes: npt.NDArray[np.uint64]
    centre: Vectors
    singles: Vectors | None = None

    def search(self, vector: Vectors, limit: int, among: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the rows nearest to a vector of shape ``(dimensions,)``, with their cosines, nearest first.

        Args:
            among: rows, ascending, that alone are looked at; None for all.
        """
        rows = self._with_nearest_codes(vector, max(_COMPARED, limit), among)
        cosines = self.cosines(vector, rows)
        best = np.argsort(-cosines, kind="stable")[:limit]
        return rows[best], cosines[best]

    def near(self, vector: Vectors, count: int) -> Rows | None:
        """Return at least `count` rows, ascending, that half the codes say are nearest; None where that is all."""
        if count >= len(self.halves):
            return None
        return _nearest_codes(self._code(vector)[::2], self.codes[::2], count)

    def cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the cosine of a vector of shape ``(dimensions,)`` to each of some rows."""
        # One row at a time: a product of matrix and vector gives equal rows cosines that differ in the last bit.
        return np.vecdot(self.vectors(rows), vector)

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(len(rows), dimensions)``."""
        return _widened(self.halves[rows]) if self.singles is None else self.singles[rows]

    def _with_nearest_codes(self, vector: Vectors, count: int, among: Rows | None = None) -> Rows:
        """Return at least `count` rows, or all, whose codes are nearest to the code of a vector, in their order."""
        total = len(self.halves) if among is None else len(among)
        if count >= total:
            return np.arange(total) if among is None else among
        codes = self.codes if among is None else self.codes[:, among]
        places = _nearest_codes(self._code(vector), codes, count)
        return places if among is None else among[places]

    def _code(self, vector: Vectors) -> npt.NDArray[np.uint64]:
        return _codes(vector[np.newaxis, :], self.centre)[:, 0]


class NoVectors:
    """Vectors that nobody has: nothing is near, every cosine is 0; implements the port `rag.ports.DenseIndex`."""

    @staticmethod
    def search(vector: Vectors, limit: int, among: Rows | None = None) -> tuple[Rows, Vectors]:  # noqa: ARG004 named as the port names them
        """Return no row."""
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)

    @staticmethod
    def near(vector: Vectors, count: int) -> None:
        """Know of no row that is near."""

    @staticmethod
    def cosines(vector: Vectors, rows: Rows) -> Vectors:  # noqa: ARG004 as the port names it
        """Return 0 for each row."""
        return np.zeros(len(rows), dtype=np.float32)

    @staticmethod
    def vectors(rows: Rows) -> Vectors:
        """Return vectors of one dimension, all 0."""
        return np.zeros((len(rows), 1), dtype=np.float32)


def dense_arrays(vectors: Vectors) -> DenseArrays:
    """Return the arrays of unit vectors of shape ``(n, dimensions)``."""
    centre = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
    halves = vectors.astype(np.float16)
    return DenseArrays(halves, _codes(halves, centre), centre)


def save_dense(arrays: DenseArrays, folder: Path, name: str) -> None:
    """Write the arrays into a folder, under names that begin with `name`."""
    for part in ("halves", "codes", "centre"):
        np.save(folder / f"{name}-{part}.npy", getattr(arrays, part), allow_pickle=False)


def open_dense(folder: Path, name: str) -> DenseArrays:
    """Map the arrays that `save_dense` wrote; raises `OSError` or `ValueError` where they cannot be read."""
    halves, codes, centre = (open_array(folder / f"{name}-{part}.npy") for part in ("halves", "codes", "centre"))
    if codes.shape[1] != len(halves) or not np.array_equal(_codes(halves[:_BITS], centre), codes[:, :_BITS]):
        raise ValueError(f"the codes of the {name} are not those of their vectors")
    return DenseArrays(halves, codes, centre, _widened(halves) if len(halves) <= _FEW else None)


def open_array(file: Path) -> np.ndarray:
    """Map an array; as a plain one, since NumPy's own class of mapped arrays is slow to index."""
    return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))


def _widened(halves: npt.NDArray[np.float16]) -> Vectors:
    """Return finite halves as float32, to the bit as `astype` does and six times as fast where it has no instruction.

    Sign, exponent and fraction move to their places in 32 bits; the factor makes up for the other bias of the exponent.
    """
    bits = halves.view(np.int16).astype(np.int32) << 13
    bits &= ~np.int32(0x7000_0000)  # where the sign was extended to
    singles = bits.view(np.float32)
    singles *= np.float32(2.0**112)
    return singles


def _nearest_codes(code: npt.NDArray[np.uint64], codes: npt.NDArray[np.uint64], count: int) -> Rows:
    """Return where at least `count` of some codes are that differ from another in the fewest bits, ascending."""
    distances = np.zeros(codes.shape[1], dtype=np.uint16)
    other = np.empty(codes.shape[1], dtype=np.uint64)
    count_of_others = np.empty(codes.shape[1], dtype=np.uint8)
    for word, own in zip(code, codes, strict=True):
        distances += np.bitwise_count(np.bitwise_xor(own, word, out=other), out=count_of_others)
    farthest = np.searchsorted(np.cumsum(np.bincount(distances)), count)
    return np.flatnonzero(distances <= farthest)


def _codes(vectors: Vectors | npt.NDArray[np.float16], centre: Vectors) -> npt.NDArray[np.uint64]:
    """Return sign bits, shape ``(words, n)``: dimensions that do not fill a word are padded with zeros."""
    bits = np.packbits(vectors > centre, axis=1)
    width = -(-vectors.shape[1] // _BITS) * _BITS // 8
    padded = np.zeros((len(vectors), width), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(padded.view(np.uint64).T)
