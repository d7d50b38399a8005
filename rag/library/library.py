"""The entries of an open index, as a reader finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rag.corpus import read_file
from rag.errors import NotFoundError
from rag.library.typeahead import Typeahead
from rag.ports import PassageStore
from rag.retrieval import Snapshot

_RELATED: Final = 5
_NEAR: Final = 0.4
"""Cosine of questions below which entries have little in common; read off a dozen entries of the starter corpus."""


@dataclass(frozen=True, slots=True)
class Title:
    """An entry by what it asks."""

    url: str
    question: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What entries are filed under.

    Attributes:
        folder: as it stands in their urls, ``/learn/<folder>/questions/<slug>``.
        entries: how many there are.
    """

    folder: str
    entries: int

    @property
    def name(self) -> str:
        """Return the subject as its entries write it: the folder is made from it by lower case and hyphens."""
        return self.folder.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry as it is read.

    Attributes:
        answer: decoded Markdown, which the offsets of citations count in.
        path: of its file, relative to the corpus folder.
        subject: that it is filed under.
        related: entries about the same thing, the nearest first.
    """

    url: str
    question: str
    answer: str
    path: str
    subject: Subject
    related: Sequence[Title]


@dataclass(frozen=True, slots=True)
class Library:
    """Reads the entries of one generation of an index.

    Attributes:
        corpus_dir: folder of their files.
    """

    corpus_dir: Path
    store: PassageStore
    snapshot: Snapshot
    _questions: Mapping[str, str] = field(init=False)
    _by_folder: Mapping[str, Sequence[Title]] = field(init=False)
    _typeahead: Typeahead = field(init=False)

    def __post_init__(self) -> None:
        """Read all questions: 3 MB of 36,000 entries."""
        questions = self.store.questions()
        object.__setattr__(self, "_questions", questions)
        object.__setattr__(self, "_by_folder", _by_folder(questions))
        object.__setattr__(self, "_typeahead", Typeahead(list(questions.items())))

    def page(self, url: str) -> EntryPage:
        """Return an entry as it is read.

        Raises:
            NotFoundError: no entry of the index has that url.
        """
        path = self._path_of(url)
        question, answer = self.store.question_of(url), self.store.answer_of(url)
        folder = _folder_of(url)
        return EntryPage(url, question, answer, path, Subject(folder, len(self._by_folder[folder])), self._related(url))

    def raw(self, url: str) -> bytes:
        """Return the file of an entry, byte for byte.

        Raises:
            NotFoundError: no entry of the index has that url.
            CorpusError: its file is gone meanwhile, or cannot be read.
        """
        return read_file(self.corpus_dir / self._path_of(url))

    def subjects(self) -> list[Subject]:
        """Return all subjects, the one with most entries first."""
        subjects = [Subject(folder, len(titles)) for folder, titles in self._by_folder.items()]
        return sorted(subjects, key=lambda subject: (-subject.entries, subject.folder))

    def titles_in(self, folder: str) -> Sequence[Title]:
        """Return the entries of a subject by their questions, in alphabetical order; empty where there are none."""
        return self._by_folder.get(folder, ())

    def complete(self, typed: str, limit: int = 8) -> list[Title]:
        """Return entries whose questions hold what was typed so far; see `Typeahead.complete`."""
        return [self._title(url) for url in self._typeahead.complete(typed, limit)]

    def _path_of(self, url: str) -> str:
        """Return the path of an indexed entry's file."""
        if url not in self._questions:
            raise NotFoundError(f"there is no entry {url}; search for what it is about")
        return self.store.path_of(url)

    def _related(self, url: str) -> list[Title]:
        """Return the entries with the nearest questions; none where there are no vectors."""
        if self.snapshot.words_only:
            return []
        questions = self.snapshot.questions
        rows, cosines = questions.search(questions.vectors(self.snapshot.numbers([url]))[0], _RELATED + 1)
        near = (self.snapshot.urls[int(row)] for row, cosine in zip(rows, cosines, strict=True) if cosine >= _NEAR)
        return [self._title(other) for other in near if other != url][:_RELATED]

    def _title(self, url: str) -> Title:
        return Title(url, self._questions[url])


def _by_folder(questions: Mapping[str, str]) -> dict[str, list[Title]]:
    """Return the entries of each subject in alphabetical order: sorted once, and shown often."""
    folders: dict[str, list[Title]] = {}
    for url, question in questions.items():
        folders.setdefault(_folder_of(url), []).append(Title(url, question))
    for titles in folders.values():
        titles.sort(key=lambda title: (title.question.casefold(), title.url))
    return folders


def _folder_of(url: str) -> str:
    """Return the folder of a url; empty where it is none of the format's."""
    parts = url.split("/")
    return parts[2] if len(parts) > 3 else ""
