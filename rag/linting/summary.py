"""What the rules for all entries together need to know of one: little, so that 36,000 of them fit in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from rag.corpus import RelatedArticle
from rag.corpus.source import KeyPath
from rag.linting.page import Page

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """One entry of the corpus.

    Attributes:
        path: of its file.
        answer: digest of the answer, to compare by.
        places: line and column of the values that a finding may be about.
        silenced: codes that a comment silences, by key; see `rag.linting.suppressions`.
    """

    path: str
    id: int
    url: str
    title: str
    question: str
    subject: str
    answer: bytes
    no_index: bool
    related: tuple[RelatedArticle, ...]
    places: Mapping[KeyPath, Place]
    silenced: Mapping[KeyPath, frozenset[str]]


def summarise(page: Page, silenced: Mapping[KeyPath, frozenset[str]]) -> Summary:
    """Return what the other entries need to know of a page."""
    entry = page.entry
    keys: list[KeyPath] = [("id",), ("url",), ("question",), ("subject",)]
    for number in range(1, len(entry.related) + 1):
        keys += [(f"related_article{number}", key) for key in ("id", "title", "subject", "url")]
    return Summary(
        path=str(page.path),
        id=entry.id,
        url=entry.url,
        title=entry.title,
        question=entry.question,
        subject=entry.subject,
        answer=hashlib.sha256(entry.answer.encode()).digest()[:8],
        no_index=entry.no_index,
        related=entry.related,
        places={key: page.place(key) for key in keys},
        silenced=silenced,
    )
