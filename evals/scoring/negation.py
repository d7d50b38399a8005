"""Where a sentence denies: the words that do it, and how far they reach."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from evals.scoring.text import SentenceRead

NEGATIONS: Final = frozenset(
    """
    no not never without neither nor none cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt couldnt
    shouldnt hasnt havent hadnt lack lacks lacking lacked absent fails fail failed unable unlike
    """.split()
)
"""As words of N, where an apostrophe joins."""

_HARMLESS: Final = frozenset("only just merely simply necessarily".split())
"""After ``not``, these add instead of denying."""

_REACH: Final = 6
"""Words behind a negation that it may deny, within its clause."""

_BEHIND: Final = 3
"""Words before a negation that it may deny: ``pump does not``."""

_DENIES_ALL: Final = re.compile(
    r"\b(?:misconception|myth|mistaken|mistake|incorrect|wrong|false|untrue|not true|not the case|contrary to)\b",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(
    r"[,;:()—]|\b(?:but|and|or|while|whereas|although|though|because|since|so|which|that|who|when|if|rather|instead)\b",
    re.IGNORECASE,
)


def negations_in(words: Sequence[str]) -> list[int]:
    """Return where negations stand among words; ``not only`` is none."""
    return [
        at
        for at, word in enumerate(words)
        if word in NEGATIONS and not (word == "not" and at + 1 < len(words) and words[at + 1] in _HARMLESS)
    ]


def is_denied(sentence: SentenceRead, start: int, end: int) -> bool:
    """Return whether a sentence denies its words from `start` to `end`: a negation beside them in their clause does."""
    if _DENIES_ALL.search(sentence.plain):
        return True
    clauses = _clauses_of(sentence)
    own = set(clauses[start:end])
    return any(
        clauses[at] in own and (at < start <= at + _REACH or end <= at < end + _BEHIND)
        for at in negations_in(sentence.words)
    )


@lru_cache(maxsize=16_384)
def _clauses_of(sentence: SentenceRead) -> tuple[int, ...]:
    """Return for each word of a sentence the number of its clause.

    Words are counted on as the sentence's own are found in its plain text; where accents or Greek letters make the two
    differ, the nearest earlier place serves.
    """
    bounds = [found.start() for found in _CLAUSE.finditer(sentence.plain)]
    lowered = sentence.plain.lower().replace("’", "").replace("'", "")
    shift = [at for at, sign in enumerate(sentence.plain) if sign in "'’"]
    bounds = [bound - sum(place < bound for place in shift) for bound in bounds]
    clauses: list[int] = []
    position = 0
    for word in sentence.words:
        found = lowered.find(word, position)
        position = position if found < 0 else found + len(word)
        clauses.append(sum(bound < position for bound in bounds))
    return tuple(clauses)
