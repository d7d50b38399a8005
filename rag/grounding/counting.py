"""Where a sentence has another number of the same thing than a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rag.grounding.aligning import Aligned, Line
from rag.grounding.reading import Reading
from rag.grounding.words import Word

_ALIKE: Final = 1.2
"""Numbers whose ratio is smaller may be one number, rounded: a third and 30 %; of counts up to twenty none may."""


def counted_otherwise(reading: Reading) -> list[tuple[Word, Word, str]]:
    """Return a number of the statement, what it counts or numbers, and which other one the sentence has of that."""
    said = {word.stem for word in reading.claim}
    for before, own, after in zip([None, *reading.claim], reading.claim, [*reading.claim[1:], None], strict=False):
        count = "1" if own.written == "one" else own.stem
        if own.role != "number" and own.written != "one":
            continue
        for of, way in ((after, -1), (before, 1)):
            if of is None or not of.carries or of.role == "number" or of.clause != own.clause:
                continue
            theirs = list(_counts_of(reading.line, of, way, is_one=own.written == "one"))
            if not theirs:
                continue
            if any(other in said or other == count or _may_be_rounded(count, other) for other in theirs):
                return []
            return [(own, of, theirs[0])]
    return []


def _counts_of(line: Line, of: Word, way: int, *, is_one: bool) -> Iterator[str]:
    """Give the numbers beside a word; only "both" where the statement speaks of one."""
    for place in sorted(line.places_of(of)):
        beside = line.words[place + way] if 0 <= place + way < len(line.words) else None
        if beside is None or (is_one and beside.written not in {"both", "one"}):
            continue
        count = _count(beside)
        if count is not None and (way < 0 or beside.role == "number"):
            yield count


def other_percentage(reading: Reading, clause: Aligned, number: int) -> str | None:
    """Return which other percentage the sentence has in the place of one."""
    own, words = clause.words[number], reading.line.words
    if not own.stem.endswith("%") or own.role != "number":
        return None
    theirs = [words[place].stem for place in clause.gap(number) if words[place].stem.endswith("%")]
    return theirs[0] if theirs and not any(_may_be_rounded(own.stem, other) for other in theirs) else None


def _count(word: Word) -> str | None:
    return word.stem if word.role == "number" else _COUNTED.get(word.written)


_COUNTED: Final = {"one": "1", "both": "2"}


def _may_be_rounded(one: str, other: str) -> bool:
    try:
        low, high = sorted(abs(float(number.strip("%x"))) for number in (one, other))
    except ValueError:
        return True
    return high > 20 and low > 0 and high / low < _ALIKE
