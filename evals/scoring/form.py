"""How a reply is made: its length, how hard it reads, what it is laid out with."""

from __future__ import annotations

import re
from typing import Final

from evals.scoring.outcome import Outcomes
from evals.scoring.subject import Subject
from evals.scoring.text import TextRead
from rag.corpus import decode_newlines

_VOWELS: Final = re.compile(r"[aeiouy]+")
_SILENT: Final = re.compile(r"(?:[^laeiouy]e|[^aeiouydt]ed)$")
_HEADING: Final = re.compile(r"^ {0,3}#{1,6} \S", re.MULTILINE)
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)]) \S", re.MULTILINE)


def score_form(subject: Subject) -> Outcomes:
    """Return words, the ratio to the reference's, reading level, and the numbers of headings and list items."""
    markdown, words, wanted = (
        decode_newlines(subject.reply.text),
        len(subject.answer.words),
        len(subject.reference.words),
    )
    ratio = {"length_ratio": words / wanted} if wanted else {}
    return {
        "words": float(words),
        **ratio,
        "reading_level": reading_level(subject.answer),
        "headings": float(len(_HEADING.findall(markdown))),
        "list_items": float(len(_ITEM.findall(markdown))),
    }


def reading_level(text: TextRead) -> float:
    """Return the school year that a text is for (Kincaid et al., 1975); syllables are counted by groups of vowels."""
    words = text.words
    if not words:
        return 0.0
    return 0.39 * len(words) / len(text.sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Return about how many syllables a lower-case word has: its groups of vowels without a silent end."""
    groups = len(_VOWELS.findall(word))
    return max(1, groups - bool(groups > 1 and _SILENT.search(word)))
