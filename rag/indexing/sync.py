"""Bringing an index in step with its corpus: only what changed is read, and nothing is embedded twice."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.corpus import Entry, decode_entry, read_file, reason_left_out, repeated_url
from rag.errors import CorpusError, IndexStateError
from rag.indexing.generation import Generation, IndexFolder
from rag.indexing.scan import Changes, find_changes, hash_of
from rag.models import CatalogChange, FileRecord, IndexedEntry, Passage, PassageKind
from rag.passages import RECIPE, embedded_text, passages_of, terms_of
from rag.ports import Embedder, EmbeddingCache

FORMAT = "1"
"""Version of the catalog's tables; an index of another version is built anew."""

_BATCH_FILES = 64

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


def sync(
    corpus_dir: Path, index: IndexFolder, embedder: Embedder, cache: EmbeddingCache, progress: Progress | None = None
) -> SyncReport:
    """Make the index equal to the corpus, and say what was done.

    A change is made in place, marked before it starts and when it is whole; an index found half-changed, damaged, or
    made with another embedder or recipe is built anew beside the old one and then put in use.

    Raises:
        ConfigurationError: the corpus folder does not exist.
        IndexBusyError: another process is using the index.
        IndexStateError: the index does not hold what was written to it.
    """
    started = time.perf_counter()
    with index.lock(exclusive=True):
        generation = _open_usable(index, embedder)
        rebuilt = generation is None
        generation = generation or index.start_generation()
        changes = find_changes(corpus_dir, generation.catalog.files())
        embedded = 0
        if changes or rebuilt:
            embedded = _Writer(corpus_dir, generation, embedder, cache, progress or _silent).write(changes)
        if rebuilt:
            index.put_in_use(generation)
        elapsed_s = time.perf_counter() - started
        return _report(generation, changes, rebuilt=rebuilt, embedded=embedded, elapsed_s=elapsed_s)


def built_with(embedder: Embedder) -> dict[str, str]:
    """Return what an index must have been built with to be usable."""
    return {"format": FORMAT, "recipe": RECIPE, "embedder": embedder.fingerprint}


def corpus_hash(records: Iterable[FileRecord]) -> str:
    """Return one hash for all files of a corpus: their paths and contents."""
    lines = sorted(f"{record.path}\0{record.sha256}\n" for record in records)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def is_whole(generation: Generation) -> bool:
    """Return whether no change of the index was cut short and its vectors are as many as its passages."""
    if generation.catalog.meta().get("state") != "whole":
        return False
    kinds = Counter(passage.kind for passage in generation.catalog.all_passages())
    return generation.questions.count() == kinds["question"] and generation.sections.count() == kinds["section"]


def _open_usable(index: IndexFolder, embedder: Embedder) -> Generation | None:
    try:
        generation = index.open_current()
    except IndexStateError:
        return None
    usable = built_with(embedder).items() <= generation.catalog.meta().items() and is_whole(generation)
    return generation if usable else None


def _silent(done: int, total: int) -> None:
    """Show no progress."""


def _report(generation: Generation, changes: Changes, *, rebuilt: bool, embedded: int, elapsed_s: float) -> SyncReport:
    records = generation.catalog.files().values()
    return SyncReport(
        rebuilt=rebuilt,
        added=len(changes.added),
        edited=len(changes.edited),
        removed=len(changes.removed),
        embedded=embedded,
        entries=generation.questions.count(),
        passages=generation.questions.count() + generation.sections.count(),
        problems=tuple(record.problem for record in records if record.problem),
        left_out=dict(Counter(record.left_out for record in records if record.left_out)),
        elapsed_s=round(elapsed_s, 3),
    )


@dataclass(slots=True)
class _Writer:
    """Writes one set of changes into one generation."""

    corpus_dir: Path
    generation: Generation
    embedder: Embedder
    cache: EmbeddingCache
    progress: Progress
    _home: dict[str, str] = field(default_factory=dict[str, str])
    _stale: dict[PassageKind, set[str]] = field(default_factory=dict[PassageKind, set[str]])
    _embedded: int = 0

    def write(self, changes: Changes) -> int:
        """Carry out the changes; return how many passages were embedded."""
        catalog = self.generation.catalog
        catalog.set_meta({**built_with(self.embedder), "state": "changing"})
        paths = self._take_out(changes)
        for start in range(0, len(paths), _BATCH_FILES):
            self._put_in(paths[start : start + _BATCH_FILES])
            self.progress(min(start + _BATCH_FILES, len(paths)), len(paths))
        for kind, ids in self._stale.items():
            self.generation.vectors_of(kind).delete(sorted(ids))
        catalog.set_meta({"state": "whole", "corpus": corpus_hash(catalog.files().values())})
        if not is_whole(self.generation):
            catalog.set_meta({"state": "changing"})
            raise IndexStateError(
                f"the index in {self.generation.folder} does not hold what was written to it; run "
                "'quicktakes index sync' again to build it anew"
            )
        return self._embedded

    def _take_out(self, changes: Changes) -> list[str]:
        """Remove what changed or left from the catalog; return the files to read, in their order.

        Files with a problem are read again with every change, since the file that took their url may have gone. Their
        vectors are only noted as stale: most of a changed entry's passages come back unchanged.
        """
        records = self.generation.catalog.files()
        again = {path for path, record in records.items() if record.problem} - set(changes.removed)
        paths = sorted({*changes.added, *changes.edited, *again})
        leaving = [records[path] for path in (*paths, *changes.removed) if path in records]
        urls = [record.url for record in leaving if record.url]
        self._home = {record.url: path for path, record in records.items() if record.url and record not in leaving}
        for passage in self.generation.catalog.passages(urls):
            self._stale.setdefault(passage.kind, set()).add(passage.id)
        gone_paths = [record.path for record in leaving]
        self.generation.catalog.apply(CatalogChange(gone_paths, urls, files=(), entries=()))
        return paths

    def _put_in(self, paths: Sequence[str]) -> None:
        read = [self._read(path) for path in paths]
        entries = [_indexed(entry, self.embedder) for _, entry in read if entry is not None]
        for kind in ("question", "section"):
            fresh = [
                passage
                for entry in entries
                for passage in entry.passages
                if passage.kind == kind and not self._returns(passage)
            ]
            self._add_vectors(kind, fresh)
        self.generation.catalog.apply(CatalogChange((), (), [record for record, _ in read], entries))

    def _read(self, path: str) -> tuple[FileRecord, Entry | None]:
        """Return the record of a file, and its entry where that is to be indexed."""
        file = self.corpus_dir / path
        sha256 = hash_of(file)
        try:
            entry = decode_entry(read_file(file), file)
        except CorpusError as error:
            return FileRecord(path, sha256, problem=str(error)), None
        if entry.url in self._home:
            problem = repeated_url(file, entry, self.corpus_dir / self._home[entry.url])
            return FileRecord(path, sha256, problem=str(problem)), None
        self._home[entry.url] = path
        reason = reason_left_out(entry)
        return FileRecord(path, sha256, entry.url, left_out=reason), None if reason else entry

    def _returns(self, passage: Passage) -> bool:
        """Return whether a passage's vector is in the store already, and keep it there."""
        stale = self._stale.get(passage.kind, set())
        returns = passage.id in stale
        stale.discard(passage.id)
        return returns

    def _add_vectors(self, kind: PassageKind, passages: Sequence[Passage]) -> None:
        if passages:
            vectors, computed = self.cache.embed([embedded_text(passage) for passage in passages], self.embedder)
            self.generation.vectors_of(kind).add([passage.id for passage in passages], vectors)
            self._embedded += computed


def _indexed(entry: Entry, embedder: Embedder) -> IndexedEntry:
    topics = f"{entry.seo.page_keywords} {entry.seo.page_description}"
    terms = [" ".join(terms_of(text)) for text in (entry.question, topics, entry.answer)]
    return IndexedEntry(
        url=entry.url,
        question=entry.question,
        answer=entry.answer,
        terms=(terms[0], terms[1], terms[2]),
        passages=tuple(passages_of(entry, embedder.count_tokens, embedder.max_tokens)),
    )
