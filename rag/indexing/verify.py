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
from rag.indexing.generation import IndexFolder
from rag.indexing.purchase import Approve, KnownVectors, allow_few, plan_purchase
from rag.indexing.scan import Changes, find_changes
from rag.indexing.writing import Progress, silent
from rag.ports import Embedder, EmbeddingCache


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


def verify(  # noqa: PLR0913 what is compared, with what, and how
    corpus_dir: Path,
    index: IndexFolder,
    embedder: Embedder,
    cache: EmbeddingCache,
    progress: Progress | None = None,
    *,
    embed: bool = False,
    approve: Approve = allow_few,
) -> Verification:
    """Compare everything that an index holds with what the corpus gives now, changing nothing in it.

    It holds the writer's lock, since a vector store is one process's at a time. Vectors are compared with those of the
    embedding cache; a text that is not in it is embedded and put there.

    Args:
        embed: compare vectors, stored and cached, with those of all texts embedded anew.
        approve: asked before anything is embedded that may cost money.

    Raises:
        NotApprovedError: `approve` refused.
        ProviderError: the embedder failed.
        ConfigurationError: the corpus folder does not exist, or the index folder cannot be written.
        IndexBusyError: another process is changing the index.
        IndexUnavailableError: its vectors are on a server that cannot be reached.
    """
    started = time.perf_counter()
    found = Findings()
    name: str | None = None
    if not index.has_current():
        found.add("missing", str(index.path), "there is no index")
    else:
        with index.lock():
            folder = index.current_folder()
            name = folder.name
            try:
                with closing(index.store.open_stored(folder)) as stored:
                    changes = find_changes(corpus_dir, stored.catalog.files())
                    _approve_embedding(changes, embedder, _NoCache() if embed else cache, approve)
                    Comparison(stored, changes, embedder, cache, found).run(progress or silent, embed=embed)
            except IndexStateError as error:
                if error.retryable:
                    raise
                found.add("store", str(folder), str(error))
    return Verification(
        generation=name,
        entries=found.entries,
        passages=found.passages,
        differences=tuple(found.differences),
        wrongly_cached=tuple(found.wrongly_cached),
        elapsed_s=round(time.perf_counter() - started, 3),
    )


def _approve_embedding(changes: Changes, embedder: Embedder, cache: KnownVectors, approve: Approve) -> None:
    """Ask before vectors are bought to compare with."""
    if embedder.usd_per_million_tokens != 0:
        everything = Changes(changes.paths, added=tuple(changes.paths), edited=(), removed=())
        purchase = plan_purchase(everything, {}, embedder, cache)
        if purchase.passages:
            approve(purchase)


class _NoCache:
    """Knows no vector."""

    @staticmethod
    def missing(texts: Sequence[str], embedder: Embedder) -> list[str]:  # noqa: ARG004 named as the port names it
        return list(dict.fromkeys(texts))
