"""Entry files as an index holds them: what a sync writes is what an index is verified against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.corpus import Entry, decode_entry, reason_left_out, repeated_url
from rag.errors import CorpusError
from rag.indexing.scan import scan_file
from rag.models import FileRecord, IndexedEntry
from rag.passages import passages_of, terms_of, words_of
from rag.ports import Embedder


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file gives.

    Attributes:
        entry: to be indexed; None where the file has a problem, or its entry is left out.
        displaced: name of a file read before that must leave the url to this one, and be read again.
    """

    record: FileRecord
    entry: Entry | None = None
    displaced: str | None = None


@dataclass(slots=True)
class FileReader:
    """Reads the files of a corpus in any order; of several with one url, the first by name has it.

    Attributes:
        paths: of the files, by name.
        home: name of the file that has each url, of those read so far.
    """

    paths: Mapping[str, Path]
    home: dict[str, str] = field(default_factory=dict[str, str])

    def read(self, name: str) -> FileReading:
        """Return what a file gives now, and note its url as taken."""
        file = self.paths[name]
        scanned = scan_file(file)
        if scanned.problem:
            return FileReading(FileRecord(name, scanned.sha256, problem=scanned.problem))
        try:
            entry = decode_entry(scanned.content, file)
        except CorpusError as error:
            return FileReading(FileRecord(name, scanned.sha256, problem=str(error)))
        owner = self.home.get(entry.url, name)
        if owner < name:
            problem = repeated_url(file, entry, self.paths[owner])
            return FileReading(FileRecord(name, scanned.sha256, problem=str(problem)))
        self.home[entry.url] = name
        reason = reason_left_out(entry)
        record = FileRecord(name, scanned.sha256, entry.url, left_out=reason)
        return FileReading(record, None if reason else entry, owner if owner > name else None)

    def release(self, name: str, url: str | None) -> bool:
        """Note that a file no longer has a url; return whether it had it."""
        if url is None or self.home.get(url) != name:
            return False
        del self.home[url]
        return True


def indexed_entry(entry: Entry, embedder: Embedder) -> IndexedEntry:
    """Return an entry as an index keeps it."""
    topics = f"{entry.seo.page_keywords} {entry.seo.page_description}"
    return IndexedEntry(
        url=entry.url,
        question=entry.question,
        answer=entry.answer,
        terms=(terms_of(entry.question), terms_of(topics), terms_of(entry.answer)),
        words=sorted({*words_of(entry.question), *words_of(topics), *words_of(entry.answer)}),
        passages=tuple(passages_of(entry, embedder.count_tokens, embedder.max_tokens)),
    )
