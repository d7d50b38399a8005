"""What an index holds, and whether it is in step with its corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rag.errors import IndexStateError
from rag.indexing.generation import IndexFolder
from rag.indexing.scan import find_changes
from rag.indexing.sync import is_whole


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """An index compared with its corpus.

    Attributes:
        state: ``missing``, ``damaged`` (the next sync builds it anew), ``stale`` or ``in step``.
        corpus: hash of the corpus as indexed; `embedder`: what its vectors were made with; None where missing.
        problems: of files that could not be used when they were last read.
        left_out: entries kept out of the index, by reason.
        added, edited, removed: files that changed since.
    """

    state: Literal["missing", "damaged", "stale", "in step"]
    entries: int = 0
    passages: int = 0
    corpus: str | None = None
    embedder: str | None = None
    problems: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    added: int = 0
    edited: int = 0
    removed: int = 0


def inspect_index(corpus_dir: Path, index: IndexFolder) -> IndexStatus:
    """Compare an index with its corpus, changing nothing.

    Raises:
        ConfigurationError: the corpus folder does not exist.
        IndexBusyError: another process is changing the index.
    """
    with index.lock(exclusive=False):
        try:
            generation = index.open_current()
        except IndexStateError:
            missing = not index.has_current()
            return IndexStatus("missing" if missing else "damaged", added=find_changes(corpus_dir, {}).file_count)
        records = generation.catalog.files()
        changes = find_changes(corpus_dir, records)
        meta = generation.catalog.meta()
        state = "damaged" if not is_whole(generation) else "stale" if changes else "in step"
        return IndexStatus(
            state=state,
            entries=generation.questions.count(),
            passages=generation.questions.count() + generation.sections.count(),
            corpus=meta.get("corpus"),
            embedder=meta.get("embedder"),
            problems=tuple(record.problem for record in records.values() if record.problem),
            left_out=dict(Counter(record.left_out for record in records.values() if record.left_out)),
            added=len(changes.added),
            edited=len(changes.edited),
            removed=len(changes.removed),
        )
