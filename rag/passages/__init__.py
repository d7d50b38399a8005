"""Entries cut into passages, and texts cut into sentences and terms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from rag.corpus import Entry
from rag.models import Passage, PassageKind, Span
from rag.passages.maths import maths_spans
from rag.passages.plain import plain_text
from rag.passages.sections import Section, split_sections
from rag.passages.sentences import split_sentences
from rag.passages.terms import is_function_word, stem, terms_of, words_of

__all__ = [
    "RECIPE",
    "embedded_text",
    "is_function_word",
    "maths_spans",
    "passages_of",
    "plain_text",
    "split_sentences",
    "stem",
    "terms_of",
    "words_of",
]

SECTION_TOKENS = 96
"""Neighbouring blocks are joined up to this many tokens."""

RECIPE = "passages-2"
"""Name of the rules that cut and word passages; change it with them, so that every index is built anew."""

_NAME_TOKENS = 64
"""Room kept in the window for the section's name and the embedder's own marks."""


def passages_of(entry: Entry, count_tokens: Callable[[str], int], max_tokens: int) -> list[Passage]:
    """Return an entry's passages: its question first, then the sections of its answer in order.

    The text that is embedded for each, see `embedded_text`, fits into `max_tokens`.
    """
    most = max_tokens - _NAME_TOKENS
    sections = split_sections(entry.answer, count_tokens, target=min(SECTION_TOKENS, most), most=most)
    if not sections and entry.answer.strip():  # an answer of headings alone: still an entry, still found
        start = len(entry.answer) - len(entry.answer.lstrip())
        sections = [Section("", Span(start, len(entry.answer.rstrip())))]
    question = _passage(entry, "question", "", 0, len(entry.question))
    return [question, *(_passage(entry, "section", s.name, s.span.start, s.span.end) for s in sections)]


def embedded_text(passage: Passage) -> str:
    """Return what the embedder reads for a passage: its section's name and its text, as plain words."""
    return plain_text(f"{passage.section}\n\n{passage.text}")


def _passage(entry: Entry, kind: PassageKind, section: str, start: int, end: int) -> Passage:
    text = entry.question if kind == "question" else entry.answer[start:end]
    identity = "\0".join((entry.url, kind, section, str(start), text))
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    return Passage(id=digest, url=entry.url, kind=kind, section=section, text=text, start=start, end=end)
