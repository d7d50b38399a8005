"""The generation that was in use before, put back in use."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from rag.indexing.generation import IndexFolder
from rag.indexing.requirements import require_usable


@dataclass(frozen=True, slots=True)
class Rollback:
    """Which generation was put back in use, and which one left it."""

    put_back: str
    left: str


def roll_back(index: IndexFolder, wanted: Mapping[str, str]) -> Rollback:
    """Put the generation before the one in use back in use.

    That is for an index that a faulty release or disk made wrong, not for an older corpus: the corpus is the truth, and
    the next sync brings the older generation in step with it, reading only the files that changed since. The generation
    that left is removed by that sync; until then another process may go on reading it.

    Raises:
        IndexStateError: there is no generation before, or it cannot be used (see `built_with`).
        IndexBusyError: another process is changing the index.
        ConfigurationError: the index folder cannot be written.
    """
    left = index.current_folder()
    with index.lock():
        left = index.current_folder()
        previous = index.previous_folder()
        with closing(index.store.open(previous)) as generation:
            require_usable(generation, wanted)
        index.point_to(previous)
    return Rollback(previous.name, left.name)
