"""A judge's reply read: the last line for each item that holds a word of the menu, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from evals.judging.judgement import CREDITS, Question, reason_of
from rag.corpus import decode_newlines

_VERDICT: Final = re.compile(
    r"^[ \t*_]*verdict[ \t*_]*(\d{0,3})[ \t*_]*:[ \t*_\"'`]*([a-z]+)[ \t*_\"'`.]*$", re.IGNORECASE | re.MULTILINE
)
"""A line of its own, with no mark of a quotation before it: what a judge quotes from an answer is no verdict."""

_REFUSAL: Final = re.compile(
    r"\b(?:i(?:['’]m| am) (?:sorry|unable|not able)|i (?:cannot|can['’]t|won['’]t|will not)|as an ai\b)", re.IGNORECASE
)
_QUOTE: Final = re.compile(r"^[ \t*_]*(answer|reference)[ \t*_]*:[ \t*_]*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_LEAST_WORDS: Final = 2
"""A shorter quote occurs nearly everywhere, and shows nothing."""

_STRAIGHT: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "*": None, "_": None, "`": None})

REFUSED: Final = reason_of("refused")
OFF_MENU: Final = reason_of("off the menu")
NO_QUOTES: Final = reason_of("quotes do not occur")


def read_verdicts(reply: str, question: Question) -> tuple[dict[str, str], dict[str, str]]:
    """Return the verdicts of a reply by item, and why the other items have none."""
    found: dict[str, str] = {}
    for number, word in _VERDICT.findall(reply):
        place = _place(number, len(question.items))
        if place is not None and word.lower() in CREDITS[question.judge]:
            found[question.items[place]] = word.lower()
    reason = REFUSED if _REFUSAL.search(reply) else OFF_MENU
    return found, {item: reason for item in question.items if item not in found}


def _place(number: str, n_items: int) -> int | None:
    """Return which item a line is about; None where it is about none. The number may be missing where there is one."""
    if not number:
        return 0 if n_items == 1 else None
    return int(number) - 1 if 1 <= int(number) <= n_items else None


def read_quotes(reply: str, texts: Mapping[str, str]) -> Sequence[str]:
    """Return what a reply quotes of the answer and of the reference; nothing where one of them does not occur there."""
    quoted = {name.lower(): quote.strip(" \t\"'“”‘’*_") for name, quote in _QUOTE.findall(reply)}
    names = ("answer", "reference")
    if all(name in quoted and _occurs(quoted[name], texts[name]) for name in names):
        return [quoted[name] for name in names]
    return []


def _occurs(quote: str, text: str) -> bool:
    wanted = _plain(quote)
    return len(wanted.split()) >= _LEAST_WORDS and wanted in _plain(text)


def _plain(text: str) -> str:
    return " ".join(decode_newlines(text).translate(_STRAIGHT).casefold().split())
