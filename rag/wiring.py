"""The only place that turns settings into objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.adapters.catalog import Catalog
from rag.adapters.chroma import ChromaVectorIndex
from rag.adapters.embedding_cache import EmbeddingCache
from rag.adapters.minilm import MiniLMEmbedder
from rag.indexing import Generation, IndexFolder, SyncReport, sync
from rag.settings import Settings


def index_folder(settings: Settings) -> IndexFolder:
    """Return where the index of the settings' corpus lives: one folder for each corpus folder."""
    corpus = settings.corpus_dir.resolve()
    key = hashlib.sha256(str(corpus).encode()).hexdigest()[:8]
    return IndexFolder(settings.data_dir / "indexes" / f"{corpus.name}-{key}", open_generation)


def open_generation(folder: Path, create: bool) -> Generation:
    """Open, or make, the index in a generation's folder.

    Raises:
        IndexStateError: it is missing or damaged.
    """
    catalog = Catalog(folder / "catalog.sqlite3", create=create)
    questions = ChromaVectorIndex(folder / "chroma", "questions")
    sections = ChromaVectorIndex(folder / "chroma", "sections")
    return Generation(folder, catalog, questions, sections)
