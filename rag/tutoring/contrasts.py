"""Words that exclude each other: opposites, things that are taken for each other, more and less of the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from rag.grounding.words import Word, are_opposite
from rag.passages import stem

_DEGREE = re.compile(
    r"(?P<base>high|low|long|short|fast|slow|thick|thin|strong|weak|great|small|warm|cold|cool|few|narrow|deep|old|young)"
    r"(?:er|est)|(?P<other>larg|wid|bigg|hott)(?:er|est)"
)
_BASES: Final = {"larg": "large", "wid": "wide", "bigg": "big", "hott": "hot", "inward": "in", "outward": "out"}
_SHORT_PREFIXES: Final = ("a", "an", "de", "in", "im")
"""Of `rag.grounding.words`, those that begin many words which they do not negate: across, destroy, include."""


def exclude(one: Word, other: Word) -> bool:
    """Return whether two words exclude each other of the same thing: high and low, sodium and potassium."""
    if one.may_replace(other) or not (one.role != "function" or other.role != "function"):
        return False
    if base_of(one.written) == base_of(other.written):
        return False
    return other.stem in _rivals().get(one.stem, ()) or (are_opposite(one, other) and not _is_by_chance(one, other))


def _is_by_chance(one: Word, other: Word) -> bool:
    longer, shorter = sorted((one.written, other.written), key=len, reverse=True)
    prefix = longer[: max(0, len(longer) - len(shorter))]
    return longer.endswith(shorter) and prefix in _SHORT_PREFIXES and len(shorter) < _SHORTEST


_SHORTEST: Final = 7


@lru_cache(maxsize=4_096)
def base_of(written: str) -> str:
    """Return a word without what makes it more or most of a thing, or a way: high for higher, in for inward."""
    found = _DEGREE.fullmatch(written)
    return _BASES.get(written, written) if found is None else found["base"] or _BASES[found["other"]]


@cache
def _rivals() -> Mapping[str, frozenset[str]]:
    rivals: dict[str, set[str]] = {}
    text = files("rag.tutoring").joinpath("rivals.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            left, right = ({stem(word.lower()) for word in side.split()} for side in line.split("|"))
            for one in left:
                rivals.setdefault(one, set()).update(right)
            for one in right:
                rivals.setdefault(one, set()).update(left)
    return {one: frozenset(others) for one, others in rivals.items()}
