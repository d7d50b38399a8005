"""An index verified, repaired with the least work, and verified again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.indexing.generation import IndexFolder
from rag.indexing.maintenance import Maintenance
from rag.indexing.sync import build_anew, sync
from rag.indexing.verify import Verification, verify
from rag.indexing.writing import write_snapshot

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


def treat(work: Maintenance) -> Treatment:
    """Verify an index, mend what was found, and verify again; a repair puts a new generation in use.

    Cached vectors that were found wrong are embedded again. Raises as `rag.indexing.sync` and `verify` do.
    """
    before = verify(work)
    repair = repair_for(before)
    embedded = 0
    if repair == "nothing":
        return Treatment(before, repair, embedded, before)
    if repair == "synced":
        embedded = sync(work).embedded
    elif repair == "recompiled":
        _compile_again(work.index)
    else:
        work.cache.forget(before.wrongly_cached, work.embedder)
        embedded = build_anew(work).embedded
    return Treatment(before, repair, embedded, verify(work))


def _compile_again(index: IndexFolder) -> None:
    with index.lock(), index.next_generation(copy_of=index.current_folder()) as generation:
        write_snapshot(generation, generation.folder)
