"""Bringing an index in step with its corpus: only what changed is read, and nothing is embedded twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from rag.errors import IndexStateError
from rag.indexing.generation import Generation, IndexFolder
from rag.indexing.maintenance import Maintenance
from rag.indexing.purchase import plan_purchase
from rag.indexing.requirements import built_with, is_usable
from rag.indexing.scan import Changes, find_changes
from rag.indexing.writing import Writer
from rag.ports import Catalog


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, and what the index holds after it.

    Attributes:
        rebuilt: whether the index was built anew rather than changed.
        embedded: passages whose vectors were computed, not taken from the cache.
        problems: of files that could not be used, as ``file:line: CODE message``.
        left_out: entries kept out of the index, by reason.
        elapsed_s: wall-clock seconds.
    """

    rebuilt: bool
    added: int
    edited: int
    removed: int
    embedded: int
    entries: int
    passages: int
    problems: tuple[str, ...]
    left_out: dict[str, int]
    elapsed_s: float


def sync(work: Maintenance) -> SyncReport:
    """Make the index equal to the corpus, and say what was done.

    What changed is written into a copy of the generation in use, which then takes its place: readers are never
    disturbed, and a process that is killed leaves nothing but a folder to remove. An index that is damaged, or made
    with another embedder or recipe, is built anew. Where embedding may cost money, what would be bought is counted
    first and `work.approve` is asked; what was bought stays in the cache, so a sync that failed goes on from there.

    Raises:
        NotApprovedError: `work.approve` refused; nothing was spent and nothing changed.
        ProviderError: the embedder failed.
        ConfigurationError: the corpus folder does not exist, the index folder cannot be written, or the embedder's
            vectors have changed length.
        IndexBusyError: another process is changing the index.
        IndexUnavailableError: its vectors are on a server that cannot be reached.
        IndexStateError: the index does not hold what was written to it.
    """
    started = time.perf_counter()
    wanted = built_with(work.embedder.fingerprint)
    report = _report_unchanged(work, wanted, started)
    if report is not None:
        return report
    with work.index.lock(), ExitStack() as opened:
        current = open_usable(work.index, wanted)
        if current is None:
            return _write_next(work, None, started)
        opened.callback(current.close)
        try:
            return _write_next(work, current, started)
        except IndexStateError as error:
            if error.retryable:
                raise
            return _write_next(work, None, started)  # its vector store is damaged, though it can be read


def build_anew(work: Maintenance) -> SyncReport:
    """Build the index from the corpus and the cached vectors, whatever the one in use is like; raises as `sync`."""
    started = time.perf_counter()
    with work.index.lock():
        return _write_next(work, None, started)


def _write_next(work: Maintenance, current: Generation | None, started: float) -> SyncReport:
    """Put the next generation in use, holding the lock: a changed copy of the one in use, or one built anew."""
    records = current.catalog.files() if current else {}
    changes = find_changes(work.corpus_dir, records)
    if current and not changes:  # another process did it before this one had the lock
        return _report(current.catalog, changes, rebuilt=False, embedded=0, started=started)
    if work.embedder.usd_per_million_tokens != 0:
        purchase = plan_purchase(changes, records, work.embedder, work.cache)
        if purchase.passages:
            work.approve(purchase)
    with work.index.next_generation(current.folder if current else None) as generation:
        embedded = Writer(generation, changes, work.embedder, work.cache, work.progress).write()
        report = _report(generation.catalog, changes, rebuilt=current is None, embedded=embedded, started=started)
    return report  # noqa: RET504 only now it is in use


def open_usable(index: IndexFolder, wanted: Mapping[str, str]) -> Generation | None:
    """Return the generation in use, or None where it must be built anew; raises what is `retryable`."""
    try:
        generation = index.open_current()
        if is_usable(generation, wanted):
            return generation
    except IndexStateError as error:
        if error.retryable:
            raise
        return None
    generation.close()
    return None


def _report_unchanged(work: Maintenance, wanted: Mapping[str, str], started: float) -> SyncReport | None:
    """Return a report where the index is in step already; this needs no lock."""
    generation = open_usable(work.index, wanted)
    if generation is None:
        return None
    try:
        changes = find_changes(work.corpus_dir, generation.catalog.files())
        return None if changes else _report(generation.catalog, changes, rebuilt=False, embedded=0, started=started)
    finally:
        generation.close()


def _report(catalog: Catalog, changes: Changes, *, rebuilt: bool, embedded: int, started: float) -> SyncReport:
    records = catalog.files().values()
    return SyncReport(
        rebuilt=rebuilt,
        added=len(changes.added),
        edited=len(changes.edited),
        removed=len(changes.removed),
        embedded=embedded,
        entries=catalog.entry_count(),
        passages=sum(catalog.passage_counts().values()),
        problems=tuple(record.problem for record in records if record.problem),
        left_out=dict(Counter(record.left_out for record in records if record.left_out)),
        elapsed_s=round(time.perf_counter() - started, 3),
    )
