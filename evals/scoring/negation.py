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
    stops stopped ceases ceased halts halted
    """.split()
)
"""As words of N, where an apostrophe joins; not ``stop``, which a codon is called."""

_HARMLESS: Final = frozenset("only just merely simply necessarily".split())
"""After ``not``, these add instead of denying."""

_REACH: Final = 6
"""Words behind a negation that it may deny, within its clause."""

_BEHIND: Final = 3
"""Words before a negation that it may deny: ``pump does not``."""

_DENIES_ALL: Final = re.compile(
    r"\b(?:misconception|myth|mistaken|untrue|not true|not the case|contrary to|"
    r"(?:is|are|was|were|be) (?:an? )?(?:common )?(?:mistake|incorrect|wrong|false))\b",
    re.IGNORECASE,
)
_TURN: Final = re.compile(r";|:|\b(?:but|in fact|in reality|actually|instead|rather)\b", re.IGNORECASE)
"""Where a sentence that called something mistaken says what is so."""

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
    mark = _DENIES_ALL.search(sentence.plain)
    if mark and _part_of(sentence.plain, mark.start()) in set(_parts_of(sentence, _TURN)[start:end]):
        return True
    clauses = _parts_of(sentence, _CLAUSE)
    own = set(clauses[start:end])
    return any(
        clauses[at] in own and (at < start <= at + _REACH or end <= at < end + _BEHIND)
        for at in negations_in(sentence.words)
    )


def _part_of(plain: str, position: int) -> int:
    return sum(found.start() < position for found in _TURN.finditer(plain))


@lru_cache(maxsize=16_384)
def _parts_of(sentence: SentenceRead, bound: re.Pattern[str]) -> tuple[int, ...]:
    """Return for each word of a sentence the number of its part, as bounds cut it.

    Words are counted on as the sentence's own are found in its plain text; where accents or Greek letters make the two
    differ, the nearest earlier place serves.
    """
    bounds = [found.start() for found in bound.finditer(sentence.plain)]
    lowered = sentence.plain.lower().replace("’", "").replace("'", "")
    shift = [at for at, sign in enumerate(sentence.plain) if sign in "'’"]
    bounds = [start - sum(place < start for place in shift) for start in bounds]
    clauses: list[int] = []
    position = 0
    for word in sentence.words:
        found = lowered.find(word, position)
        position = position if found < 0 else found + len(word)
        clauses.append(sum(start < position for start in bounds))
    return tuple(clauses)
