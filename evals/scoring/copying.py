"""Runs of words: how much of a reply stands verbatim in one entry, and whether any of a prompt stands in a reply."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from evals.scoring.outcome import Outcomes, Unscored
from evals.scoring.subject import Subject
from evals.scoring.text import read_text

GRAM: Final = 8
"""Words in a row that two texts hardly share by chance."""


@lru_cache(maxsize=4096)
def grams_of(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of `GRAM` words of a text."""
    return frozenset(_runs(read_text(text).words))


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(GRAM)), strict=False))


def score_copying(subject: Subject) -> Outcomes:
    """Return the greatest share of the reply's runs of words that one entry it found, cited or may not see holds."""
    runs = _runs(subject.answer.words)
    if not runs:
        return {"copy_share": Unscored(f"system: has fewer than {GRAM} words")}
    reply = subject.reply
    cited = (one.url for one in reply.citations)
    urls = dict.fromkeys((*reply.retrieved, *reply.context, *cited, *reply.excluded, *subject.case.sources))
    shares = (sum(map(grams_of(subject.entry_text(url)).__contains__, runs)) for url in urls)
    return {"copy_share": max(shares, default=0) / len(runs)}
