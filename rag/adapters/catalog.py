"""SQLite: the manifest of an index, its passages, and its lexical index (FTS5)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from rag.errors import IndexStateError, NotIndexedError
from rag.models import CatalogChange, FileRecord, Passage, PassageKind

_COLUMN_WEIGHTS: Final = (3.0, 1.5, 1.0)
"""How much a match counts in the question, the topics and the answer (docs/retrieval.md)."""

_BM25: Final = f"""SELECT url, -bm25(terms, {", ".join(map(str, _COLUMN_WEIGHTS))}) AS score
    FROM terms JOIN entries ON entries.id = terms.rowid"""


class Catalog:
    """Everything about an index but its vectors; implements `rag.ports.LexicalIndex` and `rag.ports.PassageStore`.

    Args:
        file: the database.
        create: make a new, empty one; else it must exist.

    Raises:
        IndexStateError: the file is missing or is not a catalog.
    """

    def __init__(self, file: Path, *, create: bool = False) -> None:
        if not create and not file.is_file():
            raise IndexStateError(f"index catalog {file} is missing; run 'quicktakes index sync'")
        self._file = file
        with self._translated():
            self._database = sqlite3.connect(file, timeout=30, check_same_thread=False)
            if create:
                self._database.executescript(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
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
        gone = [(url,) for url in change.gone_urls]
        with self._translated(), self._database as database:
            database.executemany("DELETE FROM terms WHERE rowid = (SELECT id FROM entries WHERE url = ?)", gone)
            database.executemany("DELETE FROM entries WHERE url = ?", gone)
            database.executemany("DELETE FROM passages WHERE url = ?", gone)
            database.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in change.gone_paths])
            database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", map(astuple, change.files))
            for entry in change.entries:
                row = (entry.url, entry.question, entry.answer)
                cursor = database.execute("INSERT INTO entries (url, question, answer) VALUES (?, ?, ?)", row)
                database.execute(
                    "INSERT INTO terms (rowid, question, topics, answer) VALUES (?, ?, ?, ?)",
                    (cursor.lastrowid, *entry.terms),
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

    def passages(self, urls: Collection[str]) -> list[Passage]:
        """Return the passages of some entries, in the order of entry and place."""
        query = f"""SELECT id, url, kind, section, text, start, "end" FROM passages
            WHERE url IN {_LISTED} ORDER BY url, kind, start"""
        return [Passage(*row) for row in self._rows(query, _listed(urls))]

    def passage_counts(self) -> dict[PassageKind, int]:
        """Return how many passages there are of each kind."""
        return dict(self._rows("SELECT kind, count(*) FROM passages GROUP BY kind"))

    def unknown_urls(self, urls: Collection[str]) -> set[str]:
        """Return which of some urls no file of the corpus has, indexed or left out."""
        known = self._rows(f"SELECT url FROM files WHERE url IN {_LISTED}", _listed(urls))
        return set(urls) - {url for (url,) in known}

    def urls_of_passages(self, ids: Collection[str]) -> dict[str, str]:
        """Return the entry's url for each of some passages."""
        return dict(self._rows(f"SELECT id, url FROM passages WHERE id IN {_LISTED}", _listed(ids)))

    def search_terms(self, terms: Collection[str], limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` urls of entries that hold any of the terms, with their BM25 score, best first."""
        if not terms:
            return []
        return self._rows(f"{_BM25} WHERE terms MATCH ? ORDER BY score DESC, url LIMIT ?", _any_of(terms), limit)

    def score_terms(self, terms: Collection[str], urls: Collection[str]) -> dict[str, float]:
        """Return the BM25 score of each of some entries that holds any of the terms."""
        if not terms:
            return {}
        query = f"{_BM25} WHERE terms MATCH ? AND terms.rowid IN (SELECT id FROM entries WHERE url IN {_LISTED})"
        return dict(self._rows(query, _any_of(terms), _listed(urls)))

    def counts_of_terms(self, terms: Collection[str]) -> dict[str, int]:
        """Return in how many entries each term occurs; terms that occur in none are left out."""
        return dict(self._rows(f"SELECT term, doc FROM term_counts WHERE term IN {_LISTED}", _listed(terms)))

    def _text_of(self, url: str, column: str) -> str:
        rows = self._rows(f"SELECT {column} FROM entries WHERE url = ?", url)
        if not rows:
            raise NotIndexedError(f"no entry {url} in the index")
        return rows[0][0]

    def _rows(self, query: str, *parameters: str | int) -> list[Any]:
        with self._translated():
            return self._database.execute(query, parameters).fetchall()

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise IndexStateError(
                f"index catalog {self._file} cannot be used ({error}); run 'quicktakes index sync' to build it anew"
            ) from error


_LISTED: Final = "(SELECT value FROM json_each(?))"
"""A list of any length in one parameter; see `_listed`."""


def _listed(values: Collection[str]) -> str:
    return json.dumps(list(values))


def _any_of(terms: Collection[str]) -> str:
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in sorted(terms))
