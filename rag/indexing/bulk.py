"""Embedding in bulk, before a sync: its vectors go into the cache, where the sync then finds them all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

from rag.indexing.generation import IndexFolder
from rag.indexing.maintenance import Maintenance
from rag.indexing.purchase import missing_texts, plan_purchase
from rag.indexing.requirements import built_with
from rag.indexing.scan import find_changes
from rag.indexing.sync import SyncReport, open_usable, sync
from rag.models import FileRecord
from rag.ports import BulkEmbedder


def sync_in_bulk(work: Maintenance, bulk: BulkEmbedder) -> SyncReport:
    """Make the index equal to the corpus as `rag.indexing.sync` does, with nearly all embedding done in bulk.

    Embedding takes no lock and changes nothing but the cache: questions and other syncs go on meanwhile. Each batch is
    kept as it comes, so that a call that failed or was killed is made again for the rest only. What is edited meanwhile
    is embedded by the sync itself.

    Args:
        work: its embedder is that which the workers have; it cuts passages, and embeds what was edited meanwhile. Its
            progress is told of passages embedded first, then of files.

    Raises:
        QuickTakesError: as `rag.indexing.sync`.
    """
    started = time.perf_counter()
    records = _usable_records(work.index, built_with(work.embedder.fingerprint))
    changes = find_changes(work.corpus_dir, records)
    purchase = plan_purchase(changes, records, work.embedder, work.cache)
    if purchase.passages and work.embedder.usd_per_million_tokens != 0:
        work.approve(purchase)
    done = 0
    if purchase.passages:
        work.progress(0, purchase.passages)
        with closing(bulk.embed(missing_texts(changes, records, work.embedder, work.cache))) as batches:
            for texts, vectors in batches:
                work.cache.keep(texts, vectors, work.embedder)
                done += len(texts)
                work.progress(done, purchase.passages)
    report = sync(work)
    return replace(report, embedded=report.embedded + done, elapsed_s=round(time.perf_counter() - started, 3))


def _usable_records(index: IndexFolder, wanted: Mapping[str, str]) -> Mapping[str, FileRecord]:
    """Return the files of the generation in use, or none where a sync would build anew."""
    generation = open_usable(index, wanted)
    if generation is None:
        return {}
    with closing(generation):
        return generation.catalog.files()
