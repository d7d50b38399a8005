"""SQLite: the manifest of an index, its entries, their passages and terms."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rag.errors import IndexStateError, NotIndexedError
from rag.models import CatalogChange, FileRecord, IndexedEntry, Passage, PassageKind, TermCounts
from rag.recent import Recent

_TERM_COLUMNS: Final = 4
"""Of `entries.terms`: the term's id, and its occurrences in each of three fields."""

_MOST_MAPPED: Final = 2**31
"""Bytes of a finished catalog that are mapped rather than read: the passages of an entry lie on many pages, and to ask
the system for each took a millisecond a search."""

_REMEMBERED: Final = 2_048
"""Entries of a finished catalog whose passages stay in memory, about 10 KB each. To read those of ten entries takes 1
of 5 ms a search; and as Python lets go of its lock for each row, 40 threads that read took 23 ms instead of 6."""


class Catalog:
    """Everything about an index but its vectors; implements `rag.ports.Catalog`.

    Args:
        file: the database.
        create: make a new, empty one; else it must exist.
        read_only: refuse changes, and take no locks: for a finished generation, on a read-only disk too.

    Raises:
        IndexStateError: the file is missing or is not a catalog.
    """

    def __init__(self, file: Path, *, create: bool = False, read_only: bool = False) -> None:
        if not create and not file.is_file():
            raise IndexStateError(f"index catalog {file} is missing; run 'quicktakes index sync'")
        self._file = file
        self._known: dict[str, int] | None = None
        self._recent: Recent[str, list[Passage]] | None = Recent(_REMEMBERED) if read_only else None
        with self._translated():
            address = f"{file.absolute().as_uri()}?mode=ro&immutable=1" if read_only else file
            self._database = sqlite3.connect(address, timeout=30, check_same_thread=False, uri=read_only)
            if create:
                self._database.executescript(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
        if read_only:
            self._rows(f"PRAGMA mmap_size = {_MOST_MAPPED}")
            self._check_size()
        self.meta()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def meta(self) -> dict[str, str]:
        """Return what the index was built with."""
        return dict(self._rows("SELECT key, value FROM meta"))

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Record facts about the index, durably."""
        with self._translated(), self._database:
            self._database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def apply(self, change: CatalogChange) -> None:
        """Carry out a change, in one transaction."""
        try:
            self._apply(change)
        except BaseException:  # whatever it was, it undid the new terms of the vocabulary too
            self._known = None
            raise

    def _apply(self, change: CatalogChange) -> None:
        gone = [(url,) for url in change.gone_urls]
        with self._translated(), self._database as database:
            database.executemany("DELETE FROM entries WHERE url = ?", gone)
            database.executemany("DELETE FROM passages WHERE url = ?", gone)
            database.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in change.gone_paths])
            database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", map(astuple, change.files))
            for entry in change.entries:
                row = (entry.url, entry.question, entry.answer, " ".join(entry.words), self._counted(entry.terms))
                database.execute(
                    "INSERT INTO entries (url, question, answer, words, terms) VALUES (?, ?, ?, ?, ?)", row
                )
                database.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)", map(astuple, entry.passages))

    def files(self) -> dict[str, FileRecord]:
        """Return what each corpus file held, by path."""
        rows = self._rows("SELECT path, sha256, url, left_out, problem FROM files ORDER BY path")
        return {row[0]: FileRecord(*row) for row in rows}

    def entry_count(self) -> int:
        """Return how many entries are indexed."""
        return self._rows("SELECT count(*) FROM entries")[0][0]

    def question_of(self, url: str) -> str:
        """Return the question of an indexed entry."""
        return self._text_of(url, "question")

    def answer_of(self, url: str) -> str:
        """Return the decoded answer of an indexed entry."""
        return self._text_of(url, "answer")

    def questions(self) -> dict[str, str]:
        """Return the questions of all indexed entries by url, in the order of their urls."""
        return dict(self._rows("SELECT url, question FROM entries ORDER BY url"))

    def path_of(self, url: str) -> str:
        """Return the path of an entry's file, relative to the corpus folder; raises `NotIndexedError`."""
        return self._one("SELECT path FROM files WHERE url = ? AND problem IS NULL ORDER BY path", url)

    def passages(self, urls: Collection[str]) -> list[Passage]:
        """Return the passages of some entries, in the order of entry and place."""
        if self._recent is None:
            return self._read_passages(urls)
        own = {url: self._recent.get(url) for url in sorted(set(urls))}
        missing = [url for url, passages in own.items() if passages is None]
        read = self._read_passages(missing) if missing else []
        for url, group in groupby(read, key=lambda passage: passage.url):
            passages = own[url] = list(group)
            self._recent.put(url, passages)
        return [passage for passages in own.values() for passage in passages or ()]

    def _read_passages(self, urls: Collection[str]) -> list[Passage]:
        query = f"""SELECT id, url, kind, section, text, start, "end" FROM passages
            WHERE url IN {_LISTED} ORDER BY url, kind, start, "end", id"""
        return [Passage(*row) for row in self._rows(query, _listed(urls))]

    def entries(self, urls: Collection[str]) -> list[IndexedEntry]:
        """Return entries as they are kept, in the order of their urls; terms and passages come sorted.

        Raises:
            IndexStateError: the terms of an entry are damaged.
        """
        query = f"SELECT url, question, answer, words, terms FROM entries WHERE url IN {_LISTED} ORDER BY url"
        names = {number: term for term, number in self._vocabulary().items()}
        own = {url: tuple(group) for url, group in groupby(self.passages(urls), key=lambda passage: passage.url)}
        rows = self._rows(query, _listed(urls))
        with self._translated():
            return [
                IndexedEntry(url, question, answer, _terms_in(blob, names), words.split(), own.get(url, ()))
                for url, question, answer, words, blob in rows
            ]

    def passage_ids(self) -> list[tuple[str, PassageKind, str]]:
        """Return url, kind and id of every passage, in the order of entry and place."""
        return self._rows('SELECT url, kind, id FROM passages ORDER BY url, kind, start, "end", id')

    def passage_counts(self) -> dict[PassageKind, int]:
        """Return how many passages there are of each kind."""
        return dict(self._rows("SELECT kind, count(*) FROM passages GROUP BY kind"))

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has, indexed or left out."""
        known = self._rows(f"SELECT url FROM files WHERE url IN {_LISTED}", _listed(urls))
        return set(urls) - {url for (url,) in known}

    def urls(self) -> list[str]:
        """Return the urls of all indexed entries, sorted."""
        return [url for (url,) in self._rows("SELECT url FROM entries ORDER BY url")]

    def words(self) -> dict[str, int]:
        """Return in how many entries each word stands, as it is written but in lower case."""
        return Counter(word for (words,) in self._rows("SELECT words FROM entries") for word in words.split())

    def term_counts(self) -> TermCounts:
        """Return how often each term occurs in each entry, entries numbered in the order of `urls`."""
        blobs = self._rows("SELECT terms FROM entries ORDER BY url")
        names = dict(self._rows("SELECT id, term FROM vocabulary"))
        with self._translated():
            return _count_terms([_term_rows(blob) for (blob,) in blobs], names)

    def _counted(self, fields: Sequence[Sequence[str]]) -> bytes:
        """Return the terms of an entry as `entries.terms` holds them, giving new terms an id."""
        counts = [Counter(field) for field in fields]
        terms = sorted({term for count in counts for term in count})
        known = self._vocabulary()
        for term in terms:
            if term not in known:
                known[term] = len(known) + 1
                self._database.execute("INSERT INTO vocabulary VALUES (?, ?)", (known[term], term))
        rows = [[known[term], *(count[term] for count in counts)] for term in terms]
        return np.array(rows, dtype="<i4").tobytes()

    def _vocabulary(self) -> dict[str, int]:
        if self._known is None:
            self._known = {term: number for number, term in self._rows("SELECT id, term FROM vocabulary")}
        return self._known

    def _text_of(self, url: str, column: str) -> str:
        return self._one(f"SELECT {column} FROM entries WHERE url = ?", url)

    def _one(self, query: str, url: str) -> str:
        rows = self._rows(query, url)
        if not rows:
            raise NotIndexedError(f"no entry {url} in the index")
        return rows[0][0]

    def _check_size(self) -> None:
        """Refuse a file that was cut short: what is read of it might not touch the end."""
        (pages,), (page_size,) = (self._rows(f"PRAGMA {name}")[0] for name in ("page_count", "page_size"))
        if self._file.stat().st_size != pages * page_size:
            raise IndexStateError(
                f"index catalog {self._file} is cut short; run 'quicktakes index sync' to build it anew"
            )

    def _rows(self, query: str, *parameters: str | int) -> list[Any]:
        with self._translated():
            return self._database.execute(query, parameters).fetchall()

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, KeyError) as error:  # the last two: terms that are no terms
            raise IndexStateError(
                f"index catalog {self._file} cannot be used ({error}); run 'quicktakes index sync' to build it anew"
            ) from error


def _term_rows(blob: bytes) -> npt.NDArray[np.int32]:
    """Return what `entries.terms` holds, shape ``(terms, 4)``; raises `ValueError` where it is damaged."""
    return np.frombuffer(blob, dtype="<i4").reshape(-1, _TERM_COLUMNS)


def _terms_in(blob: bytes, names: Mapping[int, str]) -> tuple[list[str], list[str], list[str]]:
    """Return the terms of three fields, sorted, with repeats; raises `KeyError` for one that has no name."""
    rows = sorted((names[number], counts) for number, *counts in _term_rows(blob).tolist())
    question, topics, answer = ([term for term, counts in rows for _ in range(counts[field])] for field in range(3))
    return question, topics, answer


def _count_terms(blobs: Sequence[npt.NDArray[np.int32]], names: Mapping[int, str]) -> TermCounts:
    """Return the terms of entries, numbered by name; raises `KeyError` for one that has none."""
    rows = np.concatenate([np.empty((0, _TERM_COLUMNS), dtype="<i4"), *blobs])
    entries = np.repeat(np.arange(len(blobs)), [len(blob) for blob in blobs])
    used, places = np.unique(rows[:, 0], return_inverse=True)
    sorted_names = sorted((names[int(each)], place) for place, each in enumerate(used))
    by_name = np.empty(len(used), dtype=np.int32)
    by_name[[place for _, place in sorted_names]] = np.arange(len(used))
    terms = by_name[places] if len(used) else places.astype(np.int32)
    return TermCounts([name for name, _ in sorted_names], terms, entries.astype(np.int32), rows[:, 1:])


_LISTED: Final = "(SELECT value FROM json_each(?))"
"""A list of any length in one parameter; see `_listed`."""


def _listed(values: Collection[str]) -> str:
    return json.dumps(list(values))
