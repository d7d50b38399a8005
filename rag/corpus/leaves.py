"""An entry as the flat, ordered list of keys and texts that its file holds."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rag.corpus.entry import Entry
from rag.corpus.newlines import encode_newlines
from rag.corpus.source import KeyPath

RELATED_KEYS = tuple(f"related_article{number}" for number in range(1, 6))

CONTAINER = ""
"""The leaf of a key that only holds other keys."""


def leaves_of(entry: Entry) -> dict[KeyPath, str]:
    """Return the text of each key in the format's only order; keys of `Entry.extra` come last, as JSON."""
    return dict(_leaves(entry))


def _leaves(entry: Entry) -> Iterator[tuple[KeyPath, str]]:
    yield ("_schema",), entry.schema
    yield ("id",), str(entry.id)
    yield ("date",), entry.date.isoformat()
    yield ("title",), entry.title
    yield ("article_title",), entry.article_title
    yield ("date_format",), entry.date_format
    yield ("post_on_text",), entry.post_on_text
    yield ("seo",), CONTAINER
    yield ("seo", "title"), entry.seo.title
    yield ("seo", "page_description"), entry.seo.page_description
    yield ("seo", "page_keywords"), entry.seo.page_keywords
    yield ("author",), entry.author
    yield ("question",), entry.question
    if entry.no_index:
        yield ("no_index",), "True"
    yield ("answer",), encode_newlines(entry.answer)
    yield ("subject",), entry.subject
    yield ("file_name",), entry.file_name
    yield ("url",), entry.url
    if entry.score is not None:
        yield ("score",), str(entry.score)
    for key, related in zip(RELATED_KEYS, entry.related, strict=False):
        yield (key,), CONTAINER
        yield (key, "id"), str(related.id)
        yield (key, "title"), related.title
        yield (key, "subject"), related.subject
        yield (key, "url"), related.url
    for key, value in entry.extra.items():
        yield (key,), json.dumps(value, ensure_ascii=False)
