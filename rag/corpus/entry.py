"""The typed entry: what one corpus file says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rag.corpus.header import Value
from rag.corpus.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Seo:
    """The block that search engines read.

    Attributes:
        title: ``QuickTakes | `` and the subject.
        page_description: one or two sentences on what the answer explains.
        page_keywords: separated by a comma, with or without a space.
    """

    title: str
    page_description: str
    page_keywords: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedArticle:
    """A link to another entry, by that entry's id, title, subject and url."""

    id: int
    title: str
    subject: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with its answer, as published.

    Change one with `dataclasses.replace`: `rag.render_entry` then writes anew only the keys whose values
    differ from the text it was read from.

    Attributes:
        id: the publisher's number; not unique, so never a key.
        answer: Markdown with real newlines and untouched LaTeX.
        no_index: true on entries whose answer is itself a refusal.
        url: the key of an entry, ``/learn/<folder>/questions/<slug>``.
        score: always -1.0 where the publisher wrote one, else None.
        related: at most five links, written as ``related_article1`` onwards.
        extra: top-level keys that the format does not name, with their YAML values; kept, never interpreted.
        source: the text this entry was read from, if it was.
    """

    id: int
    date: dt.date
    title: str
    article_title: str
    seo: Seo
    question: str
    answer: str
    subject: str
    file_name: str
    url: str
    no_index: bool = False
    score: float | None = None
    related: tuple[RelatedArticle, ...] = ()
    schema: str = "default"
    date_format: str = "MMM DD, YYYY"
    post_on_text: str = "Posted on"
    author: str = "QuickTakes"
    extra: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    source: Source | None = field(default=None, repr=False, compare=False)


def slug_of(title: str) -> str:
    """Return the slug of a title: lower case, all but ``[a-z0-9 ]`` deleted, each space a hyphen.

    Source: the format as measured over the publisher's files; nothing is collapsed, so ``A & B`` gives ``a--b``.
    """
    return re.sub(r"[^a-z0-9 ]", "", title.lower()).replace(" ", "-")


def folder_of(subject: str) -> str:
    """Return the folder of a subject: lower case, spaces to hyphens."""
    return subject.lower().replace(" ", "-")


def new_entry(  # noqa: PLR0913 as many as an entry has of its own
    *, id: int, date: dt.date, question: str, answer: str, subject: str, page_description: str, page_keywords: str
) -> Entry:
    """Return an entry with the title, slug, file name, url and constants that its question and subject imply."""
    slug = slug_of(question)
    return Entry(
        id=id,
        date=date,
        title=question,
        article_title=question,
        seo=Seo(title=f"QuickTakes | {subject}", page_description=page_description, page_keywords=page_keywords),
        question=question,
        answer=answer,
        subject=subject,
        file_name=f"{slug}.md",
        url=f"/learn/{folder_of(subject)}/questions/{slug}",
        score=-1.0,
    )
