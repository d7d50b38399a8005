"""What a student says of one thing, and the entry of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag.answering.questions import sides_of
from rag.grounding.words import Key, Word
from rag.tutoring.contrasts import base_of, exclude
from rag.tutoring.facts import Weigh
from rag.tutoring.sources import EntrySource, Place, entry_words, keys_of

_OTHERS: Final = 0.8
_MARGIN: Final = 0.3
"""What a place that speaks of another thing must have of the rest of a sentence at least, and by how much that must be
more than what is said of the same thing: shares by weight, chosen on the dev splits of `make bench-tutoring`."""

_LEAST_WEIGHT: Final = 4.0
_MOST: Final = 5.0
_WAY: Final = 2.5
"""What the rest of a sentence must weigh to be told by, the most that a word counts, and what a word for a direction
counts: inverse document frequencies. Chosen as above."""

_LIST = re.compile(r"([\w-]+(?:, [\w-]+)+),? and ([\w-]+)")


@dataclass(frozen=True, slots=True)
class Sides:
    """What the question of an entry sets beside each other: what the words of each side may stand for."""

    sides: tuple[frozenset[Key], ...]

    def part(self, one: Word, other: Word) -> bool:
        """Return whether two words are of different sides."""
        own = [not one.keys.isdisjoint(side) for side in self.sides]
        others = [not other.keys.isdisjoint(side) for side in self.sides]
        return any(own) and any(others) and not any(a and b for a, b in zip(own, others, strict=True))

    def are_rivals(self, one: Word, other: Word) -> bool:
        """Return whether what is said of one word is not said of the other."""
        if one.may_replace(other) or base_of(one.written) == base_of(other.written):
            return False
        return self.part(one, other) or exclude(one, other) or _are_values(one, other)


def _are_values(one: Word, other: Word) -> bool:
    """Return whether two words are numbers of one kind, or letters that name things: X and Y."""
    if one.role == other.role == "number":
        return one.written.endswith("%") == other.written.endswith("%")
    return all(len(word.written) == 1 and word.written.isupper() for word in (one, other))


def sides_in(question: str) -> Sides:
    """Return the sides of an entry's question; none where it sets nothing beside each other."""
    listed = _LIST.search(question)
    if listed:
        names = [*listed[1].split(", "), listed[2]]
    else:
        names = [name for name in sides_of(question) or () if any(word.carries for word in entry_words(name))]
        if len(names) == 1:
            names.append(question[: question.lower().find(" and ")])
    words = [[word for word in entry_words(name) if word.carries] for name in names]
    differing = [own for own in zip(*words, strict=False) if len({word.stem for word in own}) == len(own)]
    return Sides(tuple(keys_of(side) for side in zip(*differing, strict=True)))


def misattributed(words: Sequence[Word], entry: EntrySource, sides: Sides, weigh: Weigh) -> tuple[Place, str] | None:
    """Return where the entry says of another thing what a sentence says of one, and of which; None where nowhere.

    The rest of the sentence must stand beside a rival of its thing, and must not stand beside the thing itself. Where
    the sentence names both, they must be turned round: what it says of the rival must stand beside the thing.
    """
    telling = without_names(words, sides)
    found = [one for part in _parts(telling, sides) for one in _swaps(part, entry, sides, weigh)]
    for own in found:
        is_named = _in(own.rival, telling)
        if is_named and not any(_are_same(own.thing, o.rival) and _are_same(own.rival, o.thing) for o in found):
            continue
        is_value = own.thing.role == "number" and not own.thing.written.endswith("%")
        if own.weight >= _LEAST_WEIGHT and (is_named or not is_value or sides.part(own.thing, own.rival)):
            return own.place, f"the entry says this of {own.rival.written}, not of {own.thing.written}"
    return None


@dataclass(frozen=True, slots=True)
class _Swap:
    """A place that says of a rival what a part of a sentence says of its thing; `weight`: of what it says."""

    thing: Word
    rival: Word
    place: Place
    weight: float


def _swaps(part: Sequence[Word], entry: EntrySource, sides: Sides, weigh: Weigh) -> Iterator[_Swap]:
    for thing in part:
        rest = [word for word in part if word is not thing and _tells(word, entry)]
        if thing.carries and rest:
            found = _said_of_rival(thing, part, rest, entry, sides, weigh)
            if found is not None:
                yield found


def without_names(words: Sequence[Word], sides: Sides) -> list[Word]:
    """Return words without two rivals that stand side by side and are one name: the sodium-potassium pump."""
    named: set[int] = set()
    for number, (one, other) in enumerate(pairwise(words)):
        if one.role == other.role == "content" and sides.are_rivals(one, other):
            named |= {number, number + 1}
    return [word for number, word in enumerate(words) if number not in named]


def _tells(word: Word, entry: EntrySource) -> bool:
    return (word.carries and word.keys.isdisjoint(entry.asked)) or word.role == "direction"


def _said_of_rival(  # noqa: PLR0913, PLR0917 all that it is told by
    thing: Word, part: Sequence[Word], rest: Sequence[Word], entry: EntrySource, sides: Sides, weigh: Weigh
) -> _Swap | None:
    best: tuple[float, _Swap] | None = None
    for place in entry.places:
        theirs = without_names(place.words, sides)
        for rival in theirs:
            is_other = rival.carries and sides.are_rivals(thing, rival) and not _in(rival, part)
            if not is_other or _is_clause_negated(rival, theirs) != _is_clause_negated(thing, part):
                continue
            share = _share(rest, _segment(rival, theirs, thing), weigh)
            is_better = share >= _OTHERS and (best is None or share > best[0])
            if is_better and not _stands_beside(thing, part, rest, rival, theirs):
                best = share, _Swap(thing, rival, place, _weight(rest, weigh))
    if best is None:
        return None
    own = max((_share(rest, segment, weigh) for segment in _segments(thing, entry, sides)), default=0.0)
    return best[1] if best[0] - own >= _MARGIN else None


def _stands_beside(
    thing: Word, part: Sequence[Word], rest: Sequence[Word], rival: Word, theirs: Sequence[Word]
) -> bool:
    """Return whether a word that stands by a thing in a sentence stands by it in a place too, and not by the rival."""
    own = [word for word in _segment_of(thing, theirs, rival) if not _in(word, _segment(rival, theirs, thing))]
    beside = [word for word in rest if word.clause == thing.clause or word in _around(thing, part)]
    near = [one for word in theirs if _are_same(word, thing) for one in _around(word, theirs)]
    near = [word for word in near if not _in(word, _around(rival, theirs))]
    return any(_in(word, own) for word in beside) or any(
        _in(word, near) for word in _around(thing, part) if word in rest
    )


def _around(word: Word, words: Sequence[Word]) -> list[Word]:
    """Return the words right before and after one that carry."""
    carrying = [one for one in words if one.carries]
    place = next(number for number, one in enumerate(carrying) if one is word)
    return carrying[max(0, place - 1) : place] + carrying[place + 1 : place + 2]


def _is_clause_negated(word: Word, words: Sequence[Word]) -> bool:
    return is_negated([one for one in words if one.clause == word.clause])


def is_negated(words: Sequence[Word]) -> bool:
    """Return whether something is said not to be."""
    return any(word.role == "negation" for word in words)


def about(words: Sequence[Word], source: Sequence[Word], sides: Sides) -> Sequence[Word]:
    """Return what a source says of the things that a sentence speaks of, without what it says of their rivals."""
    for word in words:
        rival = next((other for other in source if sides.part(word, other)), None)
        own = () if rival is None or _in(rival, words) else _segment_of(word, source, rival)
        if own:
            return own
    return source


def _in(word: Word, others: Sequence[Word]) -> bool:
    return any(word.may_replace(other) for other in others)


def _share(rest: Sequence[Word], segment: Sequence[Word], weigh: Weigh) -> float:
    keys = keys_of(segment)
    return _weight([word for word in rest if not word.keys.isdisjoint(keys)], weigh) / _weight(rest, weigh)


def _weight(words: Sequence[Word], weigh: Weigh) -> float:
    return sum(_WAY if word.role == "direction" else min(weigh(word.stem), _MOST) for word in words)


def _segments(thing: Word, entry: EntrySource, sides: Sides) -> Iterator[Sequence[Word]]:
    """Give what the entry says of a thing."""
    for place in entry.places:
        theirs = without_names(place.words, sides)
        for word in theirs:
            if _are_same(word, thing):
                rival = next((other for other in theirs if sides.are_rivals(word, other)), None)
                yield theirs if rival is None else _segment(word, theirs, rival)


def _segment_of(thing: Word, words: Sequence[Word], other: Word) -> Sequence[Word]:
    """Return what some words say of a thing; nothing where they do not name it."""
    return [one for word in words if _are_same(word, thing) for one in _segment(word, words, other)]


def _segment(word: Word, words: Sequence[Word], other: Word) -> Sequence[Word]:
    """Return what some words say of one of them: from its clause on, up to the clause that names another thing."""
    others = {one.clause for one in words if _are_same(one, other)}
    end = min((clause for clause in others if clause > word.clause), default=None)
    begin = word.clause if any(clause < word.clause for clause in others) else 0
    return [one for one in words if begin <= one.clause and (end is None or one.clause < end)]


def _are_same(one: Word, other: Word) -> bool:
    return one.may_replace(other) or base_of(one.written) == base_of(other.written)


def _parts(words: Sequence[Word], sides: Sides) -> Iterator[Sequence[Word]]:
    """Give the parts of a sentence that speak of one thing each: cut where a clause names a rival of one before."""
    part: list[Word] = []
    clauses: dict[int, list[Word]] = {}
    for word in words:
        clauses.setdefault(word.clause, []).append(word)
    for clause in clauses.values():
        if part and any(sides.are_rivals(word, other) for word in clause for other in part):
            yield part
            part = []
        part = [*part, *clause]
    if part:
        yield part
