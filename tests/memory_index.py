"""Indexes whose vectors are in memory while they are written: made once, read like any other."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from rag.adapters.catalog import Catalog
from rag.adapters.embedding_cache import EmbeddingCache
from rag.indexing import SNAPSHOT, Generation, IndexFolder, Maintenance, UnfinishedGeneration, sync
from rag.ports import Embedder
from rag.retrieval import open_snapshot
from rag.testing import MemoryVectorIndex


class MemoryGenerations:
    """Generations without Chroma; implements `rag.indexing.GenerationStore`, but for copies."""

    def open(self, folder: Path) -> Generation:
        """Return a finished generation."""
        return Generation(folder, Catalog(folder / "catalog.sqlite3", read_only=True), open_snapshot(folder / SNAPSHOT))

    def create(self, folder: Path) -> UnfinishedGeneration:
        """Return an empty generation in a new folder."""
        folder.mkdir(parents=True)
        catalog = Catalog(folder / "catalog.sqlite3", create=True)
        return UnfinishedGeneration(folder, catalog, MemoryVectorIndex(), MemoryVectorIndex())

    def copy(self, folder: Path, finished: Path) -> UnfinishedGeneration:
        """Refuse: the vectors of a finished generation are gone."""
        raise NotImplementedError(f"{finished} cannot be copied to {folder}")


def indexed(corpus: Path, folder: Path, embedder: Embedder) -> Generation:
    """Return a new index of a corpus folder, which goes below another folder."""
    index = IndexFolder(folder / "index", MemoryGenerations())
    with closing(EmbeddingCache(folder / "embeddings.sqlite3")) as cache:
        sync(Maintenance(corpus, index, embedder, cache))
    return index.open_current()
