"""What an index holds, and whether it is in step with its corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rag.errors import IndexStateError
from rag.indexing.generation import Generation, IndexFolder
from rag.indexing.requirements import is_usable
from rag.indexing.scan import find_changes


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """An index compared with its corpus.

    Attributes:
        state: ``missing``, ``unusable`` (damaged, or built with another embedder or recipe: the next sync builds it
            anew), ``stale`` (the corpus changed since) or ``in step``.
        corpus: hash of the corpus as indexed; `embedder`: what its vectors were made with; None where missing.
        problems: of files that could not be used when they were last read.
        left_out: entries kept out of the index, by reason.
        added, edited, removed: files that changed since.
    """

    state: Literal["missing", "unusable", "stale", "in step"]
    entries: int = 0
    passages: int = 0
    corpus: str | None = None
    embedder: str | None = None
    problems: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    added: int = 0
    edited: int = 0
    removed: int = 0


def inspect_index(corpus_dir: Path, index: IndexFolder, wanted: Mapping[str, str]) -> IndexStatus:
    """Compare an index with its corpus and with what it must be built with (see `built_with`), changing nothing.

    Raises:
        ConfigurationError: the corpus folder does not exist.
        IndexUnavailableError: its vectors are on a server that cannot be reached.
    """
    if not index.has_current():
        return IndexStatus("missing", added=len(find_changes(corpus_dir, {}).added))
    try:
        with closing(index.open_current()) as generation:
            return _compare(corpus_dir, generation, wanted)
    except IndexStateError as error:
        if error.retryable:
            raise
        return IndexStatus("unusable", added=len(find_changes(corpus_dir, {}).added))


def _compare(corpus_dir: Path, generation: Generation, wanted: Mapping[str, str]) -> IndexStatus:
    records = generation.catalog.files()
    changes = find_changes(corpus_dir, records)
    meta = generation.catalog.meta()
    usable = is_usable(generation, wanted)
    return IndexStatus(
        state="unusable" if not usable else "stale" if changes else "in step",
        entries=generation.catalog.entry_count(),
        passages=sum(generation.catalog.passage_counts().values()),
        corpus=meta.get("corpus"),
        embedder=meta.get("embedder"),
        problems=tuple(record.problem for record in records.values() if record.problem),
        left_out=dict(Counter(record.left_out for record in records.values() if record.left_out)),
        added=len(changes.added),
        edited=len(changes.edited),
        removed=len(changes.removed),
    )
