"""An index verified, repaired with the least work, and verified again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.indexing.generation import IndexFolder
from rag.indexing.purchase import Approve, allow_few
from rag.indexing.sync import build_anew, sync
from rag.indexing.verify import Verification, verify
from rag.indexing.writing import Progress, write_snapshot
from rag.ports import Embedder, EmbeddingCache

Repair = Literal["nothing", "synced", "recompiled", "built anew"]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was wrong with an index, what was done, and what is still wrong.

    Attributes:
        before, after: equal where nothing was done.
        embedded: passages that were embedded for the repair.
    """

    before: Verification
    repair: Repair
    embedded: int
    after: Verification


def repair_for(found: Verification) -> Repair:
    """Return the least work that mends what was found.

    Files that changed are synced; arrays that differ from what catalog and vectors compile to are compiled again; for
    everything else the index is built anew from the corpus.
    """
    kinds = {difference.kind for difference in found.differences}
    if not kinds:
        return "nothing"
    if kinds == {"stale"}:
        return "synced"
    return "recompiled" if kinds == {"snapshot"} else "built anew"


def treat(  # noqa: PLR0913 as `sync`
    corpus_dir: Path,
    index: IndexFolder,
    embedder: Embedder,
    cache: EmbeddingCache,
    progress: Progress | None = None,
    *,
    approve: Approve = allow_few,
) -> Treatment:
    """Verify an index, mend what was found, and verify again; a repair puts a new generation in use.

    Cached vectors that were found wrong are embedded again. Raises as `rag.indexing.sync` and `verify` do.
    """
    before = verify(corpus_dir, index, embedder, cache, progress, approve=approve)
    repair = repair_for(before)
    embedded = 0
    if repair == "nothing":
        return Treatment(before, repair, embedded, before)
    if repair == "synced":
        embedded = sync(corpus_dir, index, embedder, cache, progress, approve=approve).embedded
    elif repair == "recompiled":
        _compile_again(index)
    else:
        cache.forget(before.wrongly_cached, embedder)
        embedded = build_anew(corpus_dir, index, embedder, cache, progress, approve=approve).embedded
    return Treatment(before, repair, embedded, verify(corpus_dir, index, embedder, cache, progress, approve=approve))


def _compile_again(index: IndexFolder) -> None:
    with index.lock(), index.next_generation(copy_of=index.current_folder()) as generation:
        write_snapshot(generation, generation.folder)
