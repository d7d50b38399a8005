"""The project's own corpus is in the exact format and within its editors' bounds."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pytest

from rag import Entry, render_entry
from rag.corpus import find_files, load_corpus, new_entry, read_entry, reason_left_out, slug_of


@pytest.fixture(scope="module")
def files(starter_corpus: Path) -> dict[Path, Entry]:
    """Every entry of the corpus, by its file."""
    return {path: read_entry(path) for path in find_files(starter_corpus)}


def test_the_corpus_has_at_least_forty_entries_and_no_problem(starter_corpus: Path) -> None:
    """All files parse, each with a url of its own."""
    corpus = load_corpus(starter_corpus)
    assert corpus.problems == ()
    assert len(corpus.entries) >= 40


def test_every_file_is_what_its_values_alone_render_to(files: dict[Path, Entry]) -> None:
    """Each file is written back byte for byte, with its source and without."""
    for path, entry in files.items():
        content = path.read_bytes()
        assert render_entry(entry).encode() == content, path
        assert render_entry(dataclasses.replace(entry, source=None)).encode() == content, path


def test_every_entry_follows_the_slug_url_and_file_name_rules(files: dict[Path, Entry]) -> None:
    """Titles, seo title, file name, url and constants are those that question and subject imply."""
    for path, entry in files.items():
        assert path.name == entry.file_name == f"{slug_of(entry.question)}.md"
        made = new_entry(
            id=entry.id,
            date=entry.date,
            question=entry.question,
            answer=entry.answer,
            subject=entry.subject,
            page_description=entry.seo.page_description,
            page_keywords=entry.seo.page_keywords,
        )
        assert dataclasses.replace(entry, related=()) == made, path


def test_ids_and_urls_are_unique(files: dict[Path, Entry]) -> None:
    """No two entries share an id, a url or a question."""
    for key in ("id", "url", "question"):
        counts = Counter(getattr(entry, key) for entry in files.values())
        assert [value for value, count in counts.items() if count > 1] == [], key


def test_descriptions_fit_a_search_result(files: dict[Path, Entry]) -> None:
    """Each description has 60 to 160 characters, which is what search engines show."""
    lengths = {path.name: len(entry.seo.page_description) for path, entry in files.items()}
    assert {name: length for name, length in lengths.items() if not 60 <= length <= 160} == {}


def test_answers_have_250_to_450_words(files: dict[Path, Entry]) -> None:
    """The length of each answer, words in tables included, is that of the publisher's."""
    words = {
        path.name: sum(any(map(str.isalnum, word)) for word in entry.answer.replace("|", " ").split())
        for path, entry in files.items()
    }
    assert {name: count for name, count in words.items() if not 250 <= count <= 450} == {}


def test_no_file_holds_a_tab(files: dict[Path, Entry]) -> None:
    """Tabs are not in the format."""
    assert [path.name for path in files if b"\t" in path.read_bytes()] == []


def test_every_entry_is_knowledge(files: dict[Path, Entry]) -> None:
    """None of our own entries refuses or belongs to a course."""
    assert [path.name for path, entry in files.items() if reason_left_out(entry)] == []


def test_related_articles_lead_to_entries_of_the_corpus(files: dict[Path, Entry]) -> None:
    """Each link names an entry that is there, as it is."""
    known = {(entry.id, entry.title, entry.subject, entry.url) for entry in files.values()}
    for entry in files.values():
        assert {(link.id, link.title, link.subject, link.url) for link in entry.related} <= known
