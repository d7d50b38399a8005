"""Where an entry says otherwise than a student: opposites, negations, numbers, another thing.

Only what is plain is told: a student who is right must not be called wrong, and one who is wrong can be told the key
facts that he lacks. So each rule asks first that a place speaks of the same, word by word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.grounding.words import Key, Word
from rag.tutoring.attributing import Sides, about, is_negated, misattributed
from rag.tutoring.contrasts import base_of, exclude
from rag.tutoring.facts import Weigh
from rag.tutoring.sources import EntrySource, Place, keys_of

_SAME: Final = 0.72
"""Share by weight of a sentence that a place must have to speak of the same; chosen on the dev split of
`make bench-tutoring`."""

_SET_AGAINST: Final = frozenset("than from to into toward towards".split())
"""Words that set one thing against another; turned round, they say something else."""

_UNIT = re.compile(r"%$")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Where an entry says otherwise, and what in a few words."""

    place: Place
    reason: str


def contradiction_of(words: Sequence[Word], entry: EntrySource, sides: Sides, weigh: Weigh) -> Contradiction | None:
    """Return where an entry says plainly otherwise than a sentence; None where it does not."""
    if _is_said(words, entry, sides, weigh):
        misled = misattributed(words, entry, sides, weigh)
        return None if misled is None else Contradiction(*misled)
    for place in sorted(entry.places, key=lambda one: -_share(words, one.keys, weigh)):
        for word, reason in _differences(words, place, sides):
            rest = [other for other in words if other is not word]
            if _share(rest, place.keys, weigh) >= _SAME and _tells(rest, place):
                return Contradiction(place, reason)
        if _share(words, place.keys, weigh) >= _SAME and (turned := _turned(words, place)):
            return Contradiction(place, turned)
    misled = misattributed(words, entry, sides, weigh)
    return None if misled is None else Contradiction(*misled)


def _is_said(words: Sequence[Word], entry: EntrySource, sides: Sides, weigh: Weigh) -> bool:
    """Return whether a place has all words of a sentence, none of them otherwise."""
    whole = [place for place in entry.places if _share(words, place.keys, weigh) == 1]
    return any(not any(_differences(words, place, sides)) and not _turned(words, place) for place in whole)


def _tells(rest: Sequence[Word], place: Place) -> bool:
    """Return whether two words at least are the same beside the one that differs."""
    return sum(word.carries and not word.keys.isdisjoint(place.keys) for word in rest) >= 2


def _share(words: Sequence[Word], keys: Collection[Key], weigh: Weigh) -> float:
    """Return the share by weight of words that a place has, in this form or as more or most of it."""
    weights = [(word, weigh(word.stem)) for word in words if word.carries]
    held = sum(weight for word, weight in weights if not word.keys.isdisjoint(keys) or base_of(word.written) in keys)
    return held / (sum(weight for _, weight in weights) or 1.0)


def _differences(words: Sequence[Word], place: Place, sides: Sides) -> Iterator[tuple[Word | None, str]]:
    """Give each word that the place has otherwise, with what it has; None for one that both have."""
    opposites = list(_opposites(words, place))
    if len({word.stem for word, _ in opposites}) == 1:  # two may say the same: "lower to higher"
        yield from opposites
    yield from _negations(words, about(words, place.words, sides))
    yield from _numbers(words, place)


def _opposites(words: Sequence[Word], place: Place) -> Iterator[tuple[Word, str]]:
    own = keys_of(words)
    bases = {base_of(word.written) for word in words}
    theirs = {base_of(word.written) for word in place.words}
    if is_negated(words) != is_negated(place.words):
        return
    for word in words:
        if word.role == "function" or not word.keys.isdisjoint(place.keys) or base_of(word.written) in theirs:
            continue
        for other in place.words:
            is_said = not other.keys.isdisjoint(own) or base_of(other.written) in bases
            differs = not is_said and exclude(word, other) and not _measures(other, place.words)
            if differs and _speak_of_the_same(word, words, other, place.words):
                yield word, f"{word.written}, where the entry says {other.written}"
                break


def _speak_of_the_same(word: Word, words: Sequence[Word], other: Word, others: Sequence[Word]) -> bool:
    """Return whether the clauses of two words have another word in common."""
    own = [one for one in words if one.clause == word.clause and one is not word and one.carries]
    theirs = keys_of([one for one in others if one.clause == other.clause and one.carries])
    return any(not one.keys.isdisjoint(theirs) for one in own)


def _measures(word: Word, words: Sequence[Word]) -> bool:
    """Return whether a word only says of what there is so much: "1 µm thick"."""
    place = words.index(word)
    return any(other.role == "number" for other in words[max(0, place - 2) : place])


def _negations(words: Sequence[Word], source: Sequence[Word]) -> Iterator[tuple[None, str]]:
    """Give what only one of the two negates, of what both say."""
    own, theirs = _negated(words), _negated(source)
    if theirs and not is_negated(words):
        for word in theirs:
            is_plain_there = sum(other.may_replace(word) for other in source) > 1
            if any(other.may_replace(word) for other in words) and not is_plain_there:
                yield None, f"the entry says not {word.written}"
    if own and not is_negated(source):
        is_turned = any(exclude(word, other) for word in words for other in source if word.role != "function")
        for word in own:
            if not is_turned and any(other.may_replace(word) for other in source):
                yield None, f"the entry does not say: not {word.written}"


_NOT: Final = frozenset("not no never cannot none neither nor".split())


def _negated(words: Sequence[Word]) -> list[Word]:
    """Return what each plain negation governs: the next word of its clause that carries."""
    governed: list[Word] = []
    for place, word in enumerate(words):
        after = [other for other in words[place + 1 :] if other.clause == word.clause]
        if not any(other.carries for other in after):  # "not the same as ..."
            after += [
                other for other in words if after and other.clause == word.clause + 1 and after[-1].written == "same"
            ]
        if word.written in _NOT and after and after[0].written != "other":
            governed += [other for other in after if other.carries and not other.written.endswith("ly")][:1]
    return governed


def _numbers(words: Sequence[Word], place: Place) -> Iterator[tuple[Word, str]]:
    """Give each number of a sentence in whose place the entry has another, of the same unit."""
    theirs = [(other, _unit(other, place.words)) for other in place.words if other.role == "number"]
    own = keys_of(words)
    for word in words:
        if word.role != "number" or not word.keys.isdisjoint(place.keys):
            continue
        unit = _unit(word, words)
        for other, their_unit in theirs:
            if (
                unit
                and unit == their_unit
                and other.keys.isdisjoint(own)
                and not _is_about(word, [one for one, _ in theirs])
            ):
                yield word, f"{word.written}, where the entry says {other.written}"
                break


def _unit(word: Word, words: Sequence[Word]) -> str:
    """Return what a number counts: its per cent, or the word after it."""
    if word.written.endswith("%"):
        return "%"
    place = next(number for number, other in enumerate(words) if other is word)
    return next((other.stem for other in words[place + 1 : place + 2] if other.role == "content"), "")


def _is_about(word: Word, others: Sequence[Word]) -> bool:
    """Return whether a number is about one of others, or between two of them."""
    own = _value(word)
    values = [value for other in others if (value := _value(other)) is not None]
    if own is None or not values:
        return own is None
    return (min(values) <= own <= max(values) and len(values) > 1) or any(
        abs(own - value) <= 0.1 * value for value in values
    )


def _value(word: Word) -> float | None:
    try:
        return float(_UNIT.sub("", word.stem))
    except ValueError:
        return None


def _turned(words: Sequence[Word], place: Place) -> str:
    """Return which two things of a clause stand the other way round in the place: longer than shorter; else nothing."""
    for before, between, after in _pairs(words):
        for first, set_against, second in _pairs(place.words):
            is_turned = before.may_replace(second) and after.may_replace(first) and between == set_against
            flips = sum(
                exclude(word, other)
                for word in words
                for other in place.words
                if word not in {before, after} and other not in {first, second} and word.role != "function"
            )
            if is_turned and flips % 2 == 0:
                return f"{before.written} {between} {after.written}, where the entry says it the other way round"
    return ""


def _pairs(words: Sequence[Word]) -> Iterator[tuple[Word, str, Word]]:
    """Give each two words that exclude each other in a clause, with what sets one against the other."""
    for number, word in enumerate(words):
        if word.written in _SET_AGAINST:
            before = [one for one in words[:number] if one.clause == word.clause]
            after = [one for one in words[number + 1 :] if one.clause == word.clause]
            for one in before:
                for other in after:
                    if exclude(one, other):
                        yield one, word.written, other
