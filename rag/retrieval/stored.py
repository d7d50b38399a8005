"""Vectors searched where they are stored: a `rag.ports.DenseIndex` over a `rag.ports.VectorIndex`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.errors import IndexStateError
from rag.ports import Rows, VectorIndex, Vectors
from rag.retrieval.dense import open_array


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """A vector store, its vectors numbered by row; implements the port `rag.ports.DenseIndex`.

    Attributes:
        index: the store.
        ids: of the passages in the order of their rows, in ASCII, shape ``(n,)``.
        sorter: the rows in the order of their ids, shape ``(n,)``.
    """

    index: VectorIndex
    ids: npt.NDArray[np.bytes_]
    sorter: Rows

    def search(self, vector: Vectors, limit: int, among: Rows | None = None) -> tuple[Rows, Vectors]:  # noqa: ARG002 the store has an index over all
        """Return the rows nearest to a vector of shape ``(dimensions,)``, with their cosines, nearest first."""
        found = self.index.search(vector, limit)
        cosines = np.array([cosine for _, cosine in found], dtype=np.float32)
        return self._rows([passage_id for passage_id, _ in found]), cosines

    @staticmethod
    def near(vector: Vectors, count: int) -> None:
        """Leave it to the store's own index."""

    def cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the cosine of a vector of shape ``(dimensions,)`` to each of some rows."""
        return self.index.cosines(vector, self._ids(rows))

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(len(rows), dimensions)``."""
        return self.index.vectors(self._ids(rows))

    def _ids(self, rows: Rows) -> list[str]:
        return [passage_id.decode("ascii") for passage_id in self.ids[rows].tolist()]

    def _rows(self, ids: Sequence[str]) -> Rows:
        wanted = np.array(ids, dtype=np.bytes_)
        places = np.searchsorted(self.ids, wanted, sorter=self.sorter)
        rows = self.sorter[places[places < len(self.ids)]]
        if not np.array_equal(self.ids[rows], wanted):
            raise IndexStateError("the vector store holds passages of another index; run 'quicktakes index sync'")
        return rows


def stored_vectors(index: VectorIndex, ids: Sequence[str]) -> StoredVectors:
    """Return the vectors of a store, numbered in the order of some passage ids."""
    names = np.array(ids, dtype=np.bytes_)
    return StoredVectors(index, names, np.argsort(names, kind="stable"))


def save_stored(stored: StoredVectors, folder: Path, name: str) -> None:
    """Write which row is which passage into a folder, under names that begin with `name`."""
    np.save(folder / f"{name}-ids.npy", stored.ids, allow_pickle=False)
    np.save(folder / f"{name}-sorter.npy", stored.sorter, allow_pickle=False)


def open_stored(index: VectorIndex, folder: Path, name: str) -> StoredVectors:
    """Map what `save_stored` wrote; raises `OSError` or `ValueError` where it cannot be read."""
    ids, sorter = (open_array(folder / f"{name}-{part}.npy") for part in ("ids", "sorter"))
    return StoredVectors(index, ids, sorter)
