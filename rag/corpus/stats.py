"""A corpus in numbers."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass

from rag.corpus.files import Corpus
from rag.corpus.knowledge import reason_left_out


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Words in the answers of a corpus; all 0 where it is empty."""

    least: int
    median: int
    most: int


@dataclass(frozen=True, slots=True)
class CorpusStats:
    """What a corpus holds.

    Attributes:
        subjects: entries by subject, most first.
        left_out: entries that are not indexed as knowledge, by reason.
        related_links: in all entries together.
        problems: of files that could not be used.
    """

    entries: int
    subjects: dict[str, int]
    answer_words: WordCounts
    left_out: dict[str, int]
    related_links: int
    problems: tuple[str, ...]


def corpus_stats(corpus: Corpus) -> CorpusStats:
    """Return the numbers of a loaded corpus."""
    entries = corpus.entries.values()
    lengths = [len(entry.answer.split()) for entry in entries] or [0]
    reasons = Counter(reason for entry in entries if (reason := reason_left_out(entry)))
    return CorpusStats(
        entries=len(entries),
        subjects=dict(Counter(entry.subject for entry in entries).most_common()),
        answer_words=WordCounts(min(lengths), round(statistics.median(lengths)), max(lengths)),
        left_out=dict(reasons.most_common()),
        related_links=sum(len(entry.related) for entry in entries),
        problems=tuple(map(str, corpus.problems)),
    )
