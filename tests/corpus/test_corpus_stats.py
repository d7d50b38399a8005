"""A corpus in numbers."""

from __future__ import annotations

from pathlib import Path

from rag.corpus import corpus_stats, load_corpus
from rag.testing import entry_text


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
