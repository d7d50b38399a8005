"""A corpus and its index, with all that it takes to bring one in step with the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.indexing.generation import IndexFolder
from rag.indexing.purchase import Approve, allow_few
from rag.indexing.writing import Progress, silent
from rag.ports import Embedder, EmbeddingCache


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What syncing, verifying and mending an index have in common.

    Attributes:
        cache: where vectors come from, and what was computed goes.
        progress: told how far the work is.
        approve: asked before anything is embedded that may cost money.
    """

    corpus_dir: Path
    index: IndexFolder
    embedder: Embedder
    cache: EmbeddingCache
    progress: Progress = silent
    approve: Approve = allow_few
