"""A corpus in numbers."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rag.corpus.entry import Entry
from rag.corpus.files import Corpus
from rag.corpus.knowledge import reason_left_out
from rag.corpus.writer import forms_of


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the most of a count; all 0 where nothing was counted."""

    least: int
    median: int
    most: int


@dataclass(frozen=True, slots=True)
class CorpusStats:
    """What a corpus holds.

    Attributes:
        subjects: entries by subject, most first.
        dialects: entries by the way their titles are written: ``A`` plain, without score and related articles; ``B``
            under ``>-``, with a score or related articles; ``mixed`` neither.
        left_out: entries that are not indexed as knowledge, by reason.
        related_links: in all entries together.
        problems: of files that could not be used.
    """

    entries: int
    subjects: dict[str, int]
    dialects: dict[str, int]
    answer_words: Spread
    question_words: Spread
    description_characters: Spread
    keywords: Spread
    left_out: dict[str, int]
    related_links: int
    problems: tuple[str, ...]


def corpus_stats(corpus: Corpus) -> CorpusStats:
    """Return the numbers of a loaded corpus."""
    entries = corpus.entries.values()
    reasons = Counter(reason for entry in entries if (reason := reason_left_out(entry)))
    return CorpusStats(
        entries=len(entries),
        subjects=dict(Counter(entry.subject for entry in entries).most_common()),
        dialects=dict(sorted(Counter(map(_dialect_of, entries)).items())),
        answer_words=_spread(len(entry.answer.split()) for entry in entries),
        question_words=_spread(len(entry.question.split()) for entry in entries),
        description_characters=_spread(len(entry.seo.page_description) for entry in entries),
        keywords=_spread(len(entry.seo.page_keywords.split(",")) for entry in entries),
        left_out=dict(reasons.most_common()),
        related_links=sum(len(entry.related) for entry in entries),
        problems=tuple(map(str, corpus.problems)),
    )


def _spread(counts: Iterable[int]) -> Spread:
    known = list(counts) or [0]
    return Spread(min(known), round(statistics.median(known)), max(known))


def _dialect_of(entry: Entry) -> str:
    path = ("title",)
    blocks = entry.source.blocks if entry.source else ()
    is_plain = any(block.path == path and block.text == forms_of(path, entry.title)[0] for block in blocks)
    is_newer = entry.score is not None or bool(entry.related)
    return "mixed" if is_plain == is_newer else "A" if is_plain else "B"
