"""One set of changes, written into one generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rag.errors import ConfigurationError
from rag.indexing.compiling import compile_snapshot
from rag.indexing.generation import SNAPSHOT, UnfinishedGeneration
from rag.indexing.reading import FileReader, indexed_entry
from rag.indexing.requirements import built_with
from rag.indexing.scan import Changes, corpus_hash
from rag.models import CatalogChange, Passage, PassageKind
from rag.passages import embedded_text
from rag.ports import Embedder, EmbeddingCache
from rag.retrieval import save_snapshot

KINDS: Final[tuple[PassageKind, ...]] = ("question", "section")

BATCH_FILES = 32

Progress = Callable[[int, int], None]
"""Called with how many files are done, and how many there are to do."""


def silent(done: int, total: int) -> None:
    """Show no progress."""


def write_snapshot(generation: UnfinishedGeneration, folder: Path) -> None:
    """Write the searchable form of a generation into a folder; raises `IndexStateError` where vectors are wrong."""
    snapshot = compile_snapshot(
        generation.catalog, generation.questions, generation.sections, in_place=generation.in_place
    )
    save_snapshot(snapshot, folder / SNAPSHOT)


@dataclass(slots=True)
class Writer:
    """Writes one set of changes into one generation, and its searchable form."""

    generation: UnfinishedGeneration
    changes: Changes
    embedder: Embedder
    cache: EmbeddingCache
    progress: Progress
    _files: FileReader = field(init=False)
    _stale: dict[PassageKind, set[str]] = field(default_factory=dict[PassageKind, set[str]])
    _displaced: list[str] = field(default_factory=list[str])
    _embedded: int = 0

    def __post_init__(self) -> None:
        """Nothing is read yet."""
        self._files = FileReader(self.changes.paths)

    def write(self) -> int:
        """Carry out the changes; return how many passages were embedded."""
        catalog = self.generation.catalog
        names = self._take_out()
        self.progress(0, len(names))
        for start in range(0, len(names), BATCH_FILES):
            self._put_in(names[start : start + BATCH_FILES])
            self.progress(min(start + BATCH_FILES, len(names)), len(names))
        self._put_in(self._displaced)
        for kind, ids in self._stale.items():
            self.generation.vectors_of(kind).delete(sorted(ids))
        catalog.set_meta({**built_with(self.embedder.fingerprint), "corpus": corpus_hash(catalog.files().values())})
        write_snapshot(self.generation, self.generation.folder)
        return self._embedded

    def _take_out(self) -> list[str]:
        """Remove what changed or left from the catalog; return the names of the files to read, in their order.

        Files with a problem are read again with every change, since the file that took their url may have gone.
        """
        records = self.generation.catalog.files()
        again = {name for name, record in records.items() if record.problem} - set(self.changes.removed)
        names = sorted({*self.changes.added, *self.changes.edited, *again})
        self._files.home = {record.url: name for name, record in records.items() if record.url}
        for name in (*names, *self.changes.removed):
            if name in records:
                url = records[name].url
                self._forget(name, url if self._files.release(name, url) else None)
        return names

    def _forget(self, name: str, url: str | None) -> None:
        """Take a file, and the entry of its url, out of the catalog.

        The entry's vectors are only noted as stale: most of a changed entry's come back.
        """
        urls = [url] if url else []
        for passage in self.generation.catalog.passages(urls):
            self._stale.setdefault(passage.kind, set()).add(passage.id)
        self.generation.catalog.apply(CatalogChange([name], urls, files=(), entries=()))

    def _put_in(self, names: Sequence[str]) -> None:
        readings = [self._files.read(name) for name in names]
        for reading in readings:
            if reading.displaced:
                self._forget(reading.displaced, reading.record.url)
                self._displaced.append(reading.displaced)
        entries = [indexed_entry(reading.entry, self.embedder) for reading in readings if reading.entry]
        for kind in KINDS:
            passages = [p for entry in entries for p in entry.passages if p.kind == kind]
            self._add_vectors(kind, [passage for passage in passages if not self._returns(passage)])
        self.generation.catalog.apply(CatalogChange((), (), [reading.record for reading in readings], entries))

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
