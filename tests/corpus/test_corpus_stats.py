"""A corpus in numbers."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from rag import parse_entry, render_entry
from rag.corpus import CorpusStats, Seo, corpus_stats, load_corpus
from rag.corpus.stats import Spread
from rag.testing import entry_text, make_entry


def test_the_numbers_of_a_corpus(tmp_path: Path, dialect_b: str) -> None:
    """Entries, subjects, answer lengths, what is left out, links and problems are counted."""
    texts = {
        "a": entry_text("What is a?", "One two three."),
        "b": entry_text("What is b?", "One two three four five."),
        "c": entry_text("What is on the midterm?", "One."),
        "d": entry_text("What is d?", "One two.", subject="Chemistry"),
        "e": dialect_b,
        "f": "broken",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    stats = corpus_stats(load_corpus(tmp_path))
    assert stats.entries == 5
    assert list(stats.subjects.items()) == [("Biology", 3), ("Chemistry", 1), ("Marine Studies", 1)]
    assert (stats.answer_words.least, stats.answer_words.median, stats.answer_words.most) == (1, 3, 13)
    assert stats.left_out == {"course-bound": 1, "refusal": 1}
    assert stats.related_links == 2
    (problem,) = stats.problems
    assert problem.startswith(f"{tmp_path / 'f.md'}:1: QT110 ")


def test_an_empty_corpus_has_numbers(tmp_path: Path) -> None:
    """Nothing counts as zero."""
    stats = corpus_stats(load_corpus(tmp_path))
    assert (stats.entries, stats.subjects, stats.left_out, stats.related_links, stats.problems) == (0, {}, {}, 0, ())
    assert (stats.answer_words.least, stats.answer_words.median, stats.answer_words.most) == (0, 0, 0)
    nothing = Spread(0, 0, 0)
    assert (stats.question_words, stats.description_characters, stats.keywords) == (nothing, nothing, nothing)
    assert stats.dialects == {}


def stats_of(folder: Path, *texts: str) -> CorpusStats:
    """Return the numbers of a corpus of some texts."""
    for number, text in enumerate(texts):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return corpus_stats(load_corpus(folder))


def test_lengths_are_spread_from_least_to_most(tmp_path: Path) -> None:
    """Words of questions, characters of descriptions and keywords are counted, each with its middle."""
    lengths = {"Why?": (9, 1), "Why is it so?": (14, 3), "Why is it so, and not otherwise?": (40, 8)}
    texts = [
        render_entry(
            dataclasses.replace(
                make_entry(question, "It is."),
                seo=Seo(
                    title="QuickTakes | Biology",
                    page_description="x" * characters,
                    page_keywords=", ".join(map(str, range(keywords))),
                ),
            )
        )
        for question, (characters, keywords) in lengths.items()
    ]

    stats = stats_of(tmp_path, *texts)

    assert stats.question_words == Spread(1, 4, 7)
    assert stats.description_characters == Spread(9, 14, 40)
    assert stats.keywords == Spread(1, 3, 8)


def test_keywords_without_spaces_are_counted_as_well(tmp_path: Path, dialect_a: str, dialect_b: str) -> None:
    """The two ways of separating keywords give the same number."""
    assert stats_of(tmp_path, dialect_a, dialect_b).keywords == Spread(3, 3, 3)


def test_the_middle_of_an_even_number_is_a_whole_number(tmp_path: Path) -> None:
    """Between 2 and 5 words lies a rounded middle."""
    texts = [entry_text("What is a?", "One two."), entry_text("What is b?", "One two three four five.")]

    assert stats_of(tmp_path, *texts).answer_words.median in {3, 4}


SCORED = "score: -1.0\n\n---\n\n&nbsp;"


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        (lambda a, _: a, "A"),
        (lambda _, b: b, "B"),
        (lambda _, b: b.partition("related_article1")[0] + "\n---\n\n&nbsp;", "B"),
        (lambda _, b: b.replace("score: -1.0\n", ""), "B"),
        (lambda a, _: a.replace("---\n\n&nbsp;", SCORED), "mixed"),
        (lambda a, b: a.replace("---\n\n&nbsp;", b[b.index("related_article1") :]), "mixed"),
        (lambda a, _: a.replace("\ntitle: ", "\ntitle: >-\n    "), "mixed"),
    ],
    ids=["A", "B", "B without links", "B without score", "A with score", "A with links", "A with folded title"],
)
def test_a_dialect_is_told_by_titles_score_and_links(
    tmp_path: Path, dialect_a: str, dialect_b: str, text: Any, dialect: str
) -> None:
    """Plain titles alone are the older way, folded ones with a score or links the newer; what has both is mixed."""
    made = text(dialect_a, dialect_b)
    parse_entry(made)

    assert stats_of(tmp_path, made).dialects == {dialect: 1}


def test_dialects_are_counted_by_name(tmp_path: Path, dialect_a: str, dialect_b: str) -> None:
    """Each entry has one dialect, and one that nobody has is not listed."""
    stats = stats_of(tmp_path, dialect_b, dialect_a, entry_text("What is c?", "It."))

    assert list(stats.dialects.items()) == [("A", 1), ("B", 2)]


def test_an_unfinished_entry_is_counted_as_left_out(tmp_path: Path) -> None:
    """What still waits for its answer is an entry, and no knowledge."""
    stats = stats_of(tmp_path, entry_text("What is a?", "To be written."), entry_text("What is b?", "A letter."))

    assert (stats.entries, stats.left_out) == (2, {"unfinished": 1})


@pytest.mark.real_entries
def test_the_real_biology_entries_are_of_one_dialect(real_folder: Path) -> None:
    """The publisher's Biology entries are all of the older dialect, without a link, and within their known bounds."""
    stats = corpus_stats(load_corpus(real_folder / "content/learn/biology"))

    assert (stats.entries, stats.subjects, stats.dialects) == (1009, {"Biology": 1009}, {"A": 1009})
    assert stats.answer_words == Spread(77, 347, 607)
    assert stats.related_links == 0
