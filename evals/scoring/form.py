"""How a reply is made: its length, how hard it reads, what it is laid out with; and what its system tells of it."""

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


def score_told(subject: Subject) -> Outcomes:
    """Return the tokens that a reply took, and its cost and confidence where the system tells them."""
    reply = subject.reply
    told = {"cost_usd": reply.cost_usd, "confidence": reply.confidence}
    tokens = {"prompt_tokens": float(reply.prompt_tokens), "completion_tokens": float(reply.completion_tokens)}
    return tokens | {name: float(value) for name, value in told.items() if value is not None}


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
