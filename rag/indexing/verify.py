"""Whether an index equals its corpus: everything in it is compared with what the files give now."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexStateError
from rag.indexing.comparing import Comparison
from rag.indexing.differences import Difference, Findings
from rag.indexing.maintenance import Maintenance
from rag.indexing.purchase import KnownVectors, plan_purchase
from rag.indexing.scan import Changes, find_changes
from rag.ports import Embedder


@dataclass(frozen=True, slots=True)
class Verification:
    """An index compared with its corpus.

    Attributes:
        generation: that was compared; None where there is none.
        entries, passages: that were compared, as the files give them.
        differences: all that were found; none proves that the index is what a build from the files would be.
        wrongly_cached: texts whose cached vector is not the embedder's.
        elapsed_s: wall-clock seconds.
    """

    generation: str | None
    entries: int
    passages: int
    differences: tuple[Difference, ...]
    wrongly_cached: tuple[str, ...]
    elapsed_s: float


def verify(work: Maintenance, *, embed: bool = False) -> Verification:
    """Compare everything that an index holds with what the corpus gives now, changing nothing in it.

    It holds the writer's lock, since a vector store is one process's at a time. Vectors are compared with those of the
    embedding cache; a text that is not in it is embedded and put there.

    Args:
        embed: compare vectors, stored and cached, with those of all texts embedded anew.

    Raises:
        NotApprovedError: `work.approve` refused.
        ProviderError: the embedder failed.
        ConfigurationError: the corpus folder does not exist, or the index folder cannot be written.
        IndexBusyError: another process is changing the index.
        IndexUnavailableError: its vectors are on a server that cannot be reached.
    """
    started = time.perf_counter()
    found = Findings()
    name: str | None = None
    if not work.index.has_current():
        found.add("missing", str(work.index.path), "there is no index")
    else:
        with work.index.lock():
            folder = work.index.current_folder()
            name = folder.name
            _compare(work, folder, found, embed=embed)
    return Verification(
        generation=name,
        entries=found.entries,
        passages=found.passages,
        differences=tuple(found.differences),
        wrongly_cached=tuple(found.wrongly_cached),
        elapsed_s=round(time.perf_counter() - started, 3),
    )


def _compare(work: Maintenance, folder: Path, found: Findings, *, embed: bool) -> None:
    """Compare one generation; what cannot be opened or read is a difference too."""
    try:
        with closing(work.index.store.open_stored(folder)) as stored:
            changes = find_changes(work.corpus_dir, stored.catalog.files())
            _approve_embedding(work, changes, _NoCache() if embed else work.cache)
            Comparison(stored, changes, work.embedder, work.cache, found).run(work.progress, embed=embed)
    except IndexStateError as error:
        if error.retryable:
            raise
        found.add("store", str(folder), str(error))


def _approve_embedding(work: Maintenance, changes: Changes, cache: KnownVectors) -> None:
    """Ask before vectors are bought to compare with."""
    if work.embedder.usd_per_million_tokens != 0:
        everything = Changes(changes.paths, added=tuple(changes.paths), edited=(), removed=())
        purchase = plan_purchase(everything, {}, work.embedder, cache)
        if purchase.passages:
            work.approve(purchase)


class _NoCache:
    """Knows no vector."""

    @staticmethod
    def missing(texts: Sequence[str], embedder: Embedder) -> list[str]:  # noqa: ARG004 named as the port names it
        return list(dict.fromkeys(texts))
