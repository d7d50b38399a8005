"""What a sentence has in the place of words of a statement that it does not say there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.grounding.aligning import Aligned, phrase_of
from rag.grounding.counting import other_percentage
from rag.grounding.moving import may_stand
from rag.grounding.reading import Reading
from rag.grounding.rivals import are_rivals, excludes

_WHEN: Final = frozenset("when while if".split())
SETTINGS: Final = (("in",), ("during",), ("at",), ("on",))
"""Prepositions of where and when something is so, which may stand anywhere."""


def runs(reading: Reading) -> Iterator[tuple[Aligned, list[int]]]:
    """Give the words of the statement that stand nowhere, or not in their place, with those beside them."""
    for clause in reading.clauses:
        astray = [number for number in clause.astray() if not _is_excused(reading, clause, number)]
        run: list[int] = []
        for number in astray:
            if run and any(clause.words[between].carries for between in range(run[-1] + 1, number)):
                yield clause, run
                run = []
            run.append(number)
        if run:
            yield clause, run


def _is_excused(reading: Reading, clause: Aligned, number: int) -> bool:
    """Return whether a word is said elsewhere in the sentence to the same effect, or names what all is about."""
    word = clause.words[number]
    if word.stem in reading.about.label:
        return True
    if word.carries and _has_rival(reading, clause, number):
        return False
    if reading.line.says(word):
        is_setting = phrase_of(clause.words, number)[:1] in SETTINGS or clause.words[0].written in _WHEN
        is_setting = is_setting and word.role == "content"
        return is_setting or may_stand(clause, number, reading.clauses)
    if word.role == "direction" and _is_before_same(clause, number):
        return True
    first = next((place for place, one in enumerate(clause.words) if one.carries), 0)
    return word.stem in reading.about.known and (number == first or bool(phrase_of(clause.words, number)))


def _gap(clause: Aligned, number: int) -> range:
    """Return where a word should have been, with what is joined to the end of that: "contains ribose and uracil"."""
    gap, words = clause.gap(number), clause.line.words
    end = gap.stop
    while gap and end < len(words) and words[end].written in _JOINS and clause.line.starts[end] == end:
        joined = clause.line.clause_end(end)
        if joined - end > _MOST_JOINED or any(place is not None and place >= end for place in clause.places):
            break
        end = joined
    return range(gap.start, end)


_JOINS: Final = frozenset(("and", "or"))
_MOST_JOINED: Final = 3


def _has_rival(reading: Reading, clause: Aligned, number: int) -> bool:
    """Return whether what excludes a word stands in its place."""
    word, words = clause.words[number], reading.line.words
    gap = [place for place in _gap(clause, number) if place not in reading.taken]
    return any(
        excludes(word, reading.line.words, place) or (words[place].carries and are_rivals([word], [words[place]]))
        for place in gap
    )


def _is_before_same(clause: Aligned, number: int) -> bool:
    """Return whether a direction stands before the same word in the sentence."""
    after = next((place for place in range(number + 1, len(clause.words)) if clause.words[place].carries), None)
    theirs = clause.line.words
    return after is not None and any(
        clause.words[number].written in {one.written for one in theirs[max(0, place - 3) : place]}
        for place in clause.line.places_of(clause.words[after])
    )


def is_taken(reading: Reading, clause: Aligned, run: Sequence[int]) -> bool:
    """Return whether some word of a run stands elsewhere in the sentence, or begins the statement."""
    return run[:1] == [0] or any(reading.line.says(clause.words[number]) for number in run)


@dataclass(frozen=True, slots=True)
class Instead:
    """What a sentence has in the place of words of a statement.

    Attributes:
        numbers: of the words in their clause.
        reason: what it has and the statement does not, in a few words.
        is_sure: whether it cannot be that both hold: an opposite or another number, not another thing.
    """

    numbers: Sequence[int]
    reason: str
    is_sure: bool


def instead_of(reading: Reading, clause: Aligned, run: Sequence[int]) -> Instead | None:
    """Return which words of a run the sentence has something else in the place of, and what excludes them."""
    theirs = reading.line.words
    taken = reading.taken
    gap = [place for place in _gap(clause, run[0]) if place not in taken]
    for number in run:
        other = other_percentage(reading, clause, number)
        if other is not None:
            return Instead([number], f"{clause.words[number].written}, not {other}", is_sure=True)
        for place in gap:
            if excludes(clause.words[number], reading.line.words, place):
                return Instead([number], f"{clause.words[number].written}, not {theirs[place].written}", is_sure=True)
    ours = [clause.words[number] for number in run if clause.words[number].carries]
    instead = [theirs[place] for place in gap if theirs[place].carries]
    if ours and instead and (are_rivals(ours, instead) or _is_other_subject(reading, clause, run, gap)):
        return Instead(run, f"{ours[-1].written}, not {instead[-1].written}", is_sure=False)
    return None


def _is_other_subject(reading: Reading, clause: Aligned, run: Sequence[int], gap: Sequence[int]) -> bool:
    """Return whether the sentence says the statement of something else, and another thing of what this one is about."""
    first = next((place for place, word in enumerate(clause.words) if word.carries), 0)
    if run[0] != first or clause is not reading.clauses[0] or not gap:
        return False
    line, head = reading.line, clause.words[run[-1]]
    own = line.starts[gap[0]]
    same = [place for place in line.places_of(head) if line.words[place].stem == head.stem]
    elsewhere = [place for place in same if line.starts[place] != own]
    is_subject = max(reading.weigh(line.words[place].stem) for place in gap) >= _TELLING and any(
        sum(word.carries for word in line.words[line.starts[place] : place]) <= _BEFORE_HEAD
        and line.words[max(own, line.starts[place])].written in _CONTRASTS
        for place in elsewhere
    )
    instead = {line.words[place].stem for place in gap if line.words[place].carries}
    is_point = not line.places_of(head) and head.stem in reading.about.labels and instead <= reading.about.label
    return is_subject or is_point


_BEFORE_HEAD: Final = 1
_TELLING: Final = 2.0
_CONTRASTS: Final = frozenset("whereas while but although though".split())
