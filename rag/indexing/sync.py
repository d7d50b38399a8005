"""Bringing an index in step with its corpus: only what changed is read, and nothing is embedded twice."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rag.corpus import Entry, decode_entry, reason_left_out, repeated_url
from rag.errors import ConfigurationError, CorpusError, IndexStateError
from rag.indexing.compiling import compile_snapshot
from rag.indexing.generation import SNAPSHOT, Generation, IndexFolder, UnfinishedGeneration
from rag.indexing.purchase import Approve, allow_few, plan_purchase
from rag.indexing.scan import Changes, find_changes, scan_file
from rag.models import CatalogChange, FileRecord, IndexedEntry, Passage, PassageKind
from rag.passages import RECIPE, embedded_text, passages_of, terms_of, words_of
from rag.ports import Catalog, Embedder, EmbeddingCache
from rag.retrieval import save_snapshot

FORMAT = "2"
"""Version of the catalog's tables; an index of another version is built anew."""

_BATCH_FILES = 32
_KINDS: Final[tuple[PassageKind, ...]] = ("question", "section")

Progress = Callable[[int, int], None]
"""Called with how many files are done, and how many there are to do."""


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


def sync(  # noqa: PLR0913 all that a sync joins
    corpus_dir: Path,
    index: IndexFolder,
    embedder: Embedder,
    cache: EmbeddingCache,
    progress: Progress | None = None,
    *,
    approve: Approve = allow_few,
) -> SyncReport:
    """Make the index equal to the corpus, and say what was done.

    What changed is written into a copy of the generation in use, which then takes its place: readers are never
    disturbed, and a process that is killed leaves nothing but a folder to remove. An index that is damaged, or made
    with another embedder or recipe, is built anew. Where embedding may cost money, what would be bought is counted
    first and `approve` is asked; what was bought stays in the cache, so a sync that failed goes on where it stopped.

    Raises:
        NotApprovedError: `approve` refused; nothing was spent and nothing changed.
        ProviderError: the embedder failed.
        ConfigurationError: the corpus folder does not exist, the index folder cannot be written, or the embedder's
            vectors have changed length.
        IndexBusyError: another process is changing the index.
        IndexStateError: the index does not hold what was written to it.
    """
    started = time.perf_counter()
    wanted = built_with(embedder.fingerprint)
    report = _report_unchanged(corpus_dir, index, wanted, started)
    if report is not None:
        return report
    with index.lock(), ExitStack() as opened:
        report = _report_unchanged(corpus_dir, index, wanted, started)
        if report is not None:  # another process did it meanwhile
            return report
        current = _open_usable(index, wanted)
        if current:
            opened.callback(current.close)
        writing = _Writing(corpus_dir, index, embedder, cache, progress or _silent, approve)
        return writing.write_next(current, started)


@dataclass(frozen=True, slots=True)
class _Writing:
    """A sync that found something to do, holding the lock."""

    corpus_dir: Path
    index: IndexFolder
    embedder: Embedder
    cache: EmbeddingCache
    progress: Progress
    approve: Approve

    def write_next(self, current: Generation | None, started: float) -> SyncReport:
        """Put the next generation in use: a changed copy of the one in use, or one built anew."""
        if current:
            try:
                return self._write(current, started)
            except IndexStateError as error:
                if error.retryable:
                    raise
                # Its vector store is damaged, though it can be read: the next one is built anew.
        return self._write(None, started)

    def _write(self, current: Generation | None, started: float) -> SyncReport:
        records = current.catalog.files() if current else {}
        changes = find_changes(self.corpus_dir, records)
        if self.embedder.usd_per_million_tokens != 0:
            purchase = plan_purchase(changes, records, self.embedder, self.cache)
            if purchase.passages:
                self.approve(purchase)
        generation = self.index.start_generation(copy_of=current)
        try:
            with closing(generation):
                embedded = _Writer(generation, changes, self.embedder, self.cache, self.progress).write()
                report = _report(
                    generation.catalog, changes, rebuilt=current is None, embedded=embedded, started=started
                )
            self.index.put_in_use(generation)
        except BaseException:  # whatever it was, an interruption too, leaves no unfinished folder behind
            self.index.discard(generation)
            raise
        return report


def built_with(embedder: str) -> dict[str, str]:
    """Return what an index must have been built with to be usable; `embedder` is its fingerprint."""
    return {"format": FORMAT, "recipe": RECIPE, "embedder": embedder}


def require_built_with(generation: Generation, wanted: Mapping[str, str]) -> None:
    """Refuse an index that was built with something else than is wanted; see `built_with`.

    Raises:
        IndexStateError: its vectors, or its passages, are not comparable with what questions would be made into.
    """
    meta = generation.catalog.meta()
    for name, value in wanted.items():
        if meta.get(name) != value:
            raise IndexStateError(
                f"the index in {generation.folder} was built with {name} {meta.get(name, '?')}, not with {value}; "
                "run 'quicktakes index sync' to build it anew"
            )


def is_usable(generation: Generation, wanted: Mapping[str, str]) -> bool:
    """Return whether an index was built with what is wanted (see `built_with`), and is as large as it says."""
    catalog, snapshot = generation.catalog, generation.snapshot
    return (
        wanted.items() <= catalog.meta().items()
        and catalog.entry_count() == len(snapshot.urls)
        and catalog.passage_counts().get("section", 0) == int(snapshot.first_sections[-1])
    )


def _open_usable(index: IndexFolder, wanted: Mapping[str, str]) -> Generation | None:
    """Return the generation in use, or None where it must be built anew."""
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


def _report_unchanged(
    corpus_dir: Path, index: IndexFolder, wanted: Mapping[str, str], started: float
) -> SyncReport | None:
    """Return a report where the index is in step already; this needs no lock."""
    generation = _open_usable(index, wanted)
    if generation is None:
        return None
    try:
        changes = find_changes(corpus_dir, generation.catalog.files())
        return None if changes else _report(generation.catalog, changes, rebuilt=False, embedded=0, started=started)
    finally:
        generation.close()


def corpus_hash(records: Iterable[FileRecord]) -> str:
    """Return one hash for all files of a corpus: their paths and contents."""
    lines = sorted(f"{record.path}\0{record.sha256}\n" for record in records)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _silent(done: int, total: int) -> None:
    """Show no progress."""


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


@dataclass(slots=True)
class _Writer:
    """Writes one set of changes into one generation."""

    generation: UnfinishedGeneration
    changes: Changes
    embedder: Embedder
    cache: EmbeddingCache
    progress: Progress
    _home: dict[str, str] = field(default_factory=dict[str, str])
    _stale: dict[PassageKind, set[str]] = field(default_factory=dict[PassageKind, set[str]])
    _displaced: list[str] = field(default_factory=list[str])
    _embedded: int = 0

    def write(self) -> int:
        """Carry out the changes; return how many passages were embedded."""
        catalog = self.generation.catalog
        names = self._take_out()
        self.progress(0, len(names))
        for start in range(0, len(names), _BATCH_FILES):
            self._put_in(names[start : start + _BATCH_FILES])
            self.progress(min(start + _BATCH_FILES, len(names)), len(names))
        self._put_in(self._displaced)
        for kind, ids in self._stale.items():
            self.generation.vectors_of(kind).delete(sorted(ids))
        catalog.set_meta({**built_with(self.embedder.fingerprint), "corpus": corpus_hash(catalog.files().values())})
        generation = self.generation
        snapshot = compile_snapshot(catalog, generation.questions, generation.sections, in_place=generation.in_place)
        save_snapshot(snapshot, generation.folder / SNAPSHOT)
        return self._embedded

    def _take_out(self) -> list[str]:
        """Remove what changed or left from the catalog; return the names of the files to read, in their order.

        Files with a problem are read again with every change, since the file that took their url may have gone.
        """
        records = self.generation.catalog.files()
        again = {name for name, record in records.items() if record.problem} - set(self.changes.removed)
        names = sorted({*self.changes.added, *self.changes.edited, *again})
        leaving = [name for name in (*names, *self.changes.removed) if name in records]
        self._home = {record.url: name for name, record in records.items() if record.url}
        for name in leaving:
            self._forget(name, records[name].url)
        return names

    def _forget(self, name: str, url: str | None) -> None:
        """Take a file out of the catalog. Its vectors are only noted as stale: most of a changed entry's come back."""
        urls = [url] if url and self._home.get(url) == name else []
        for passage in self.generation.catalog.passages(urls):
            self._stale.setdefault(passage.kind, set()).add(passage.id)
        for gone in urls:
            del self._home[gone]
        self.generation.catalog.apply(CatalogChange([name], urls, files=(), entries=()))

    def _put_in(self, names: Sequence[str]) -> None:
        read = [self._read(name) for name in names]
        entries = [_indexed(entry, self.embedder) for _, entry in read if entry is not None]
        for kind in _KINDS:
            passages = [p for entry in entries for p in entry.passages if p.kind == kind]
            self._add_vectors(kind, [passage for passage in passages if not self._returns(passage)])
        self.generation.catalog.apply(CatalogChange((), (), [record for record, _ in read], entries))

    def _read(self, name: str) -> tuple[FileRecord, Entry | None]:
        """Return the record of a file, and its entry where that is to be indexed."""
        file = self.changes.paths[name]
        scanned = scan_file(file)
        if scanned.problem:
            return FileRecord(name, scanned.sha256, problem=scanned.problem), None
        try:
            entry = decode_entry(scanned.content, file)
        except CorpusError as error:
            return FileRecord(name, scanned.sha256, problem=str(error)), None
        owner = self._home.get(entry.url, name)
        if owner < name:
            problem = repeated_url(file, entry, self.changes.paths[owner])
            return FileRecord(name, scanned.sha256, problem=str(problem)), None
        if owner > name:
            self._forget(owner, entry.url)
            self._displaced.append(owner)
        self._home[entry.url] = name
        reason = reason_left_out(entry)
        return FileRecord(name, scanned.sha256, entry.url, left_out=reason), None if reason else entry

    def _returns(self, passage: Passage) -> bool:
        """Return whether a passage's vector is in the store already, and keep it there."""
        stale = self._stale.get(passage.kind, set())
        returns = passage.id in stale
        stale.discard(passage.id)
        return returns

    def _add_vectors(self, kind: PassageKind, passages: Sequence[Passage]) -> None:
        if passages:
            vectors, computed = self.cache.embed([embedded_text(passage) for passage in passages], self.embedder)
            self._check_dimensions(vectors.shape[1])
            self.generation.vectors_of(kind).add([passage.id for passage in passages], vectors)
            self._embedded += computed

    def _check_dimensions(self, found: int) -> None:
        """Record how long the index's vectors are, or refuse others than it has."""
        catalog = self.generation.catalog
        recorded = catalog.meta().get("dimensions")
        if recorded is None:
            catalog.set_meta({"dimensions": str(found)})
        elif recorded != str(found):
            raise ConfigurationError(
                f"embedder {self.embedder.fingerprint} gives vectors of {found} dimensions, the index has {recorded}: "
                "another model answers under its name now; bring the former one back, or delete the data folder and "
                "run 'quicktakes index sync'"
            )


def _indexed(entry: Entry, embedder: Embedder) -> IndexedEntry:
    topics = f"{entry.seo.page_keywords} {entry.seo.page_description}"
    return IndexedEntry(
        url=entry.url,
        question=entry.question,
        answer=entry.answer,
        terms=(terms_of(entry.question), terms_of(topics), terms_of(entry.answer)),
        words=sorted({*words_of(entry.question), *words_of(topics), *words_of(entry.answer)}),
        passages=tuple(passages_of(entry, embedder.count_tokens, embedder.max_tokens)),
    )
