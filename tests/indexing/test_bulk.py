"""Embedding in bulk fills the cache with what the sync after it needs, and goes on where it was stopped."""

from __future__ import annotations

import numpy as np
import pytest
from index_bench import Bench

from rag.errors import NotApprovedError, ProviderUnavailableError
from rag.indexing import Purchase, SyncReport
from rag.testing import HashEmbedder, InlineBulkEmbedder
from rag.wiring import sync_index


class PaidEmbedder(HashEmbedder):
    """An embedder that sends a bill."""

    fingerprint = "paid:1"
    usd_per_million_tokens = 1_000.0


@pytest.fixture
def bulk() -> InlineBulkEmbedder:
    """Give a bulk embedder whose own embedder records what it embedded."""
    return InlineBulkEmbedder(HashEmbedder())


def embedded_by(bulk: InlineBulkEmbedder) -> list[str]:
    """Return what was embedded in bulk."""
    assert isinstance(bulk.embedder, HashEmbedder)
    return bulk.embedder.embedded


def sync_bulk(bench: Bench, bulk: InlineBulkEmbedder) -> SyncReport:
    """Sync in bulk."""
    return sync_index(bench.settings, bench.embedder, bulk=bulk)


def test_the_sync_finds_everything_in_the_cache(bench: Bench, bulk: InlineBulkEmbedder) -> None:
    """The index is the one that a sync alone makes; each text was embedded once, in bulk, and is counted."""
    serial = Bench(bench.corpus, bench.data.parent / "serial")
    expected = serial.sync()

    report = sync_bulk(bench, bulk)

    assert bench.embedder.embedded == []
    assert sorted(embedded_by(bulk)) == sorted(serial.embedder.embedded)
    assert (report.embedded, report.entries, report.passages) == (8, expected.entries, expected.passages)
    with bench.open() as made, serial.open() as alone:
        assert made.snapshot.urls == alone.snapshot.urls
        assert np.array_equal(made.snapshot.sections.halves, alone.snapshot.sections.halves)


def test_only_what_changed_is_embedded(bench: Bench, bulk: InlineBulkEmbedder) -> None:
    """After an edit of one section, that section; in step already, nothing."""
    sync_bulk(bench, bulk)
    embedded_by(bulk).clear()
    bench.write("b.md", "How do kidneys filter blood?", "Nephrons sieve plasma.")

    assert sync_bulk(bench, bulk).embedded == len(embedded_by(bulk)) == 1
    assert sync_bulk(bench, bulk).embedded == 0
    assert bulk.closed == 2


def test_a_failure_loses_nothing_that_came_before(bench: Bench, bulk: InlineBulkEmbedder) -> None:
    """The workers are let go, no index is made, and the next call embeds only the rest."""
    bulk.fails_after = 1
    with pytest.raises(ProviderUnavailableError):
        sync_bulk(bench, bulk)
    before = list(embedded_by(bulk))
    assert (len(before), bulk.closed, bench.status().state) == (2, 1, "missing")
    embedded_by(bulk).clear()
    bulk.fails_after = None

    report = sync_bulk(bench, bulk)

    assert report.embedded == len(embedded_by(bulk)) == 6
    assert set(before).isdisjoint(embedded_by(bulk))


def test_progress_tells_passages_and_then_files(bench: Bench, bulk: InlineBulkEmbedder) -> None:
    """From none to all of each."""
    told: list[tuple[int, int]] = []

    sync_index(bench.settings, bench.embedder, lambda done, total: told.append((done, total)), bulk=bulk)

    assert told == [(0, 8), (2, 8), (5, 8), (8, 8), (0, 3), (3, 3)]


def test_what_costs_money_is_asked_for_first(bench: Bench) -> None:
    """Once, before the workers; a refusal embeds nothing."""
    bench.embedder = PaidEmbedder()
    bulk = InlineBulkEmbedder(PaidEmbedder())
    asked: list[Purchase] = []

    def refuse(purchase: Purchase) -> None:
        raise NotApprovedError(str(purchase))

    with pytest.raises(NotApprovedError):
        sync_index(bench.settings, bench.embedder, approve=refuse, bulk=bulk)
    assert embedded_by(bulk) == []
    sync_index(bench.settings, bench.embedder, approve=asked.append, bulk=bulk)
    assert [purchase.passages for purchase in asked] == [8]
