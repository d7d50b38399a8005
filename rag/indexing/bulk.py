"""Embedding in bulk, before a sync: its vectors go into the cache, where the sync then finds them all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rag.indexing.generation import IndexFolder
from rag.indexing.purchase import Approve, allow_few, missing_texts, plan_purchase
from rag.indexing.requirements import built_with
from rag.indexing.scan import find_changes
from rag.indexing.sync import SyncReport, open_usable, sync
from rag.indexing.writing import Progress, silent
from rag.models import FileRecord
from rag.ports import BulkEmbedder, Embedder, EmbeddingCache


def sync_in_bulk(  # noqa: PLR0913, PLR0917 all that a sync joins, and the bulk embedder
    corpus_dir: Path,
    index: IndexFolder,
    embedder: Embedder,
    cache: EmbeddingCache,
    bulk: BulkEmbedder,
    progress: Progress | None = None,
    *,
    approve: Approve = allow_few,
) -> SyncReport:
    """Make the index equal to the corpus as `rag.indexing.sync` does, with nearly all embedding done in bulk.

    Embedding takes no lock and changes nothing but the cache: questions and other syncs go on meanwhile. Each batch is
    kept as it comes, so that a call that failed or was killed is made again for the rest only. What is edited meanwhile
    is embedded by the sync itself.

    Args:
        embedder: that which the workers of `bulk` have; cuts passages, and embeds what was edited meanwhile.
        progress: told of passages embedded first, then of files.

    Raises:
        QuickTakesError: as `rag.indexing.sync`.
    """
    started = time.perf_counter()
    show = progress or silent
    records = _usable_records(index, built_with(embedder.fingerprint))
    changes = find_changes(corpus_dir, records)
    purchase = plan_purchase(changes, records, embedder, cache)
    if purchase.passages and embedder.usd_per_million_tokens != 0:
        approve(purchase)
    done = 0
    if purchase.passages:
        show(0, purchase.passages)
        with closing(bulk.embed(missing_texts(changes, records, embedder, cache))) as batches:
            for texts, vectors in batches:
                cache.keep(texts, vectors, embedder)
                done += len(texts)
                show(done, purchase.passages)
    report = sync(corpus_dir, index, embedder, cache, progress, approve=approve)
    return replace(report, embedded=report.embedded + done, elapsed_s=round(time.perf_counter() - started, 3))


def _usable_records(index: IndexFolder, wanted: Mapping[str, str]) -> Mapping[str, FileRecord]:
    """Return the files of the generation in use, or none where a sync would build anew."""
    generation = open_usable(index, wanted)
    if generation is None:
        return {}
    with closing(generation):
        return generation.catalog.files()
