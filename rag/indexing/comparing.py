"""A stored index compared with its corpus, part by part."""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from rag.errors import IndexStateError
from rag.indexing.differences import Findings
from rag.indexing.generation import SNAPSHOT, UnfinishedGeneration
from rag.indexing.reading import FileReader, FileReading, indexed_entry
from rag.indexing.requirements import built_with
from rag.indexing.scan import Changes, corpus_hash
from rag.indexing.writing import KINDS, Progress, write_snapshot
from rag.models import FileRecord, IndexedEntry, Passage, PassageKind
from rag.passages import embedded_text
from rag.ports import UNIT_TOLERANCE, Embedder, EmbeddingCache, Vectors

_BATCH_FILES: Final = 256

_STORED_TOLERANCE: Final = 1e-5
"""How far a number of a stored vector may be from the cached one: a store may normalise vectors again."""

_EMBEDDED_TOLERANCE: Final = 1e-3
"""How far it may be from one embedded anew: in other company, sums are taken in another order."""


@dataclass(slots=True)
class Comparison:
    """Compares one stored generation with a corpus.

    Attributes:
        changes: of the corpus since the generation was written: these files are stale, and not compared.
        found: what was found so far.
    """

    stored: UnfinishedGeneration
    changes: Changes
    embedder: Embedder
    cache: EmbeddingCache
    found: Findings
    _compared: set[str] = field(default_factory=set[str])
    _stale: set[str] = field(default_factory=set[str])
    _left: dict[PassageKind, set[str]] = field(default_factory=dict[PassageKind, set[str]])

    def run(self, progress: Progress, *, embed: bool) -> None:
        """Compare everything; where the index was built with something else, only that is told.

        Raises:
            IndexStateError: a part of the generation cannot be read.
        """
        records = self.stored.catalog.files()
        if not self._compare_meta(records):
            return
        self._note_stale(records)
        self._left = {kind: self.stored.vectors_of(kind).ids() for kind in KINDS}
        reader = FileReader(self.changes.paths)
        names = sorted(self.changes.paths)
        progress(0, len(names))
        for start in range(0, len(names), _BATCH_FILES):
            batch = names[start : start + _BATCH_FILES]
            entries = self._compare_files([reader.read(name) for name in batch], records)
            self._compare_vectors([passage for entry in entries for passage in entry.passages], embed=embed)
            progress(start + len(batch), len(names))
        self._compare_vectors(self.stored.catalog.passages(self._stale), embed=embed)
        self._find_leftovers()
        self._compare_snapshot()

    def _compare_meta(self, records: Mapping[str, FileRecord]) -> bool:
        """Compare what the index says of itself; return whether it was built with what is wanted."""
        meta = self.stored.catalog.meta()
        wanted = built_with(self.embedder.fingerprint)
        others = [name for name, value in wanted.items() if meta.get(name) != value]
        for name in others:
            self.found.add("meta", name, f"the index was built with {meta.get(name, 'unknown')}, not {wanted[name]}")
        if not others and meta.get("corpus") != corpus_hash(records.values()):
            self.found.add("meta", "corpus", "the hash is not that of the files on record")
        return not others

    def _note_stale(self, records: Mapping[str, FileRecord]) -> None:
        changes = self.changes
        for what, names in (("added", changes.added), ("edited", changes.edited), ("removed", changes.removed)):
            for name in names:
                self.found.add("stale", name, f"was {what} since the last sync")
        gone = (records[name].url for name in (*changes.edited, *changes.removed))
        self._stale = {url for url in gone if url}

    def _compare_files(
        self, readings: Sequence[FileReading], records: Mapping[str, FileRecord]
    ) -> Iterable[IndexedEntry]:
        """Compare records and entries; return the entries, as the files give them, whose vectors are to be compared."""
        stale = {*self.changes.added, *self.changes.edited}
        entries: list[IndexedEntry] = []
        for reading in readings:
            record = reading.record
            same = record.path not in stale and _says_the_same(record, records[record.path])
            if not same and record.path not in stale and not self.changes:  # else a stale file may be the reason
                self.found.add("file", record.path, "its url, or whether it is used, is not what is on record")
            if reading.entry and (same or not self.changes):
                entries.append(indexed_entry(reading.entry, self.embedder))
            elif record.url:
                self._stale.add(record.url)
        kept = {entry.url: entry for entry in self.stored.catalog.entries([entry.url for entry in entries])}
        for entry in entries:
            self._compare_entry(entry, kept.get(entry.url))
        self._compared.update(entry.url for entry in entries)
        self.found.entries += len(entries)
        self.found.passages += sum(len(entry.passages) for entry in entries)
        return entries

    def _compare_entry(self, entry: IndexedEntry, kept: IndexedEntry | None) -> None:
        if kept is None:
            self.found.add("entry", entry.url, "is not in the catalog")
            return
        pairs = {
            "question": (entry.question, kept.question),
            "answer": (entry.answer, kept.answer),
            "words": (list(entry.words), list(kept.words)),
            "terms": ([sorted(own) for own in entry.terms], [sorted(own) for own in kept.terms]),
        }
        for name, (given, own) in pairs.items():
            if given != own:
                self.found.add("entry", entry.url, f"its {name} in the catalog: not what the file gives")
        given_passages = {passage.id: passage for passage in entry.passages}
        own_passages = {passage.id: passage for passage in kept.passages}
        for passage_id in given_passages | own_passages:
            if passage_id not in own_passages:
                self.found.add("passage", passage_id, f"of {entry.url}: not in the catalog")
            elif passage_id not in given_passages:
                self.found.add("passage", passage_id, f"of {entry.url}: in the catalog, and not in the file")
            elif own_passages[passage_id] != given_passages[passage_id]:
                self.found.add("passage", passage_id, f"of {entry.url}: not what the file gives")

    def _compare_vectors(self, passages: Sequence[Passage], *, embed: bool) -> None:
        for kind in KINDS:
            own = [passage for passage in passages if passage.kind == kind]
            there = [passage for passage in own if passage.id in self._left[kind]]
            for passage in own:
                if passage.id not in self._left[kind]:
                    self.found.add("vector", passage.id, f"a {kind} of {passage.url} has no vector")
            self._left[kind].difference_update(passage.id for passage in there)
            if there:
                self._compare_stored(kind, there, embed=embed)

    def _compare_stored(self, kind: PassageKind, passages: Sequence[Passage], *, embed: bool) -> None:
        """Compare stored vectors with cached ones, and where these differ or `embed` says so, both with new ones.

        Where embedding costs money the cached ones are taken to be right, unless `embed` says otherwise.
        """
        texts = [embedded_text(passage) for passage in passages]
        cached, _ = self.cache.embed(texts, self.embedder)
        stored = self.stored.vectors_of(kind).vectors([passage.id for passage in passages])
        if stored.shape != cached.shape:
            raise IndexStateError(f"the {kind} vectors have {stored.shape[1]} numbers each, not {cached.shape[1]}")
        off = ~_near(stored, cached, _STORED_TOLERANCE)
        doubtful = [int(place) for place in np.flatnonzero(off | embed)]
        if not doubtful:
            return
        may_embed = embed or self.embedder.usd_per_million_tokens == 0
        fresh = self.embedder.embed([texts[place] for place in doubtful]) if may_embed else cached[doubtful]
        wrongly_cached = ~_near(cached[doubtful], fresh, _EMBEDDED_TOLERANCE)
        wrong = ~_near(stored[doubtful], fresh, _EMBEDDED_TOLERANCE) | (off[doubtful] & ~wrongly_cached)
        for row, place in enumerate(doubtful):
            passage = passages[place]
            if wrongly_cached[row]:
                self.found.add(
                    "cache", passage.id, f"the kept embedding of a {kind} of {passage.url} is not the model's"
                )
                self.found.wrongly_cached.append(texts[place])
            if wrong[row]:
                fault = _fault(stored[place], fresh[row])
                self.found.add("vector", passage.id, f"that of a {kind} of {passage.url} {fault}")

    def _find_leftovers(self) -> None:
        """Find what belongs to no file."""
        known = self._compared | self._stale
        for url in self.stored.catalog.urls():
            if url not in known:
                self.found.add("entry", url, "is in the catalog, and in no file")
        for url, _, passage_id in self.stored.catalog.passage_ids():
            if url not in known:
                self.found.add("passage", passage_id, f"of {url}: in the catalog, and in no file")
        for kind, ids in self._left.items():
            for passage_id in sorted(ids):
                self.found.add("vector", passage_id, f"is among the {kind} vectors, and of no passage")

    def _compare_snapshot(self) -> None:
        """Compare the arrays that readers use, byte for byte, with those compiled now."""
        folder = self.stored.folder / SNAPSHOT
        with tempfile.TemporaryDirectory() as scratch:
            try:
                write_snapshot(self.stored, Path(scratch))
            except IndexStateError as error:
                if error.retryable:
                    raise
                if not self.found.differences:  # else it follows from these
                    self.found.add("store", str(self.stored.folder), str(error))
                return
            compiled = Path(scratch, SNAPSHOT)
            for name in sorted(_names_in(compiled) | _names_in(folder)):
                one, other = compiled / name, folder / name
                if not other.is_file():
                    self.found.add("snapshot", str(other), "is missing")
                elif not one.is_file():
                    self.found.add("snapshot", str(other), "is not part of a snapshot")
                elif not filecmp.cmp(one, other, shallow=False):
                    self.found.add("snapshot", str(other), "is not what catalog and vectors compile to")


def _says_the_same(one: FileRecord, other: FileRecord) -> bool:
    """Return whether two readings of a file agree; problems name it as the corpus folder was named, so may differ."""
    return (one.url, one.left_out, one.problem is None) == (other.url, other.left_out, other.problem is None)


def _near(ones: Vectors, others: Vectors, tolerance: float) -> npt.NDArray[np.bool_]:
    """Return for each row whether all its numbers are near those of the other row; never where one is not finite."""
    return np.asarray((np.abs(ones - others) <= tolerance).all(axis=1))


def _fault(stored: Vectors, right: Vectors) -> str:
    """Return what is wrong with a vector."""
    length = float(np.linalg.norm(stored))
    if not np.isfinite(length):
        return "is not finite"
    if abs(length - 1) > UNIT_TOLERANCE:
        return f"has length {length:.3f}, not 1"
    return f"is not that of its text (cosine {float(stored @ right):.3f})"


def _names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()} if folder.is_dir() else set()
