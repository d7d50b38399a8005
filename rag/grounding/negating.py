"""Where only one of a statement and a sentence negates what both say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from rag.grounding.reading import Reading
from rag.grounding.words import Word

_LOOKS_BACK: Final = frozenset(["absent"])
_HALF: Final = frozenset("miss unless".split())
"""Negations, as stems, that may stand before or behind what they negate."""


def negations(reading: Reading) -> Iterator[str]:
    """Give what only one of the two negates of what both say in the same place."""
    ours = {
        place: clause.words[governed]
        for clause in reading.clauses
        for governed in _negated(clause.words, looks_back=False)
        if all(word.written != "without" for word in clause.words[:governed])
        for number, place in clause.pairs()
        if number == governed
    }
    if sum(word.role == "negation" for word in reading.claim) > len(ours):
        return  # what it negates is not there, or it only says in what circumstances something is so
    theirs = set(_negated(reading.line.words, looks_back=True))
    taken = reading.taken
    shadow = {at for place in theirs for at in range(place, place + _SCOPE)}
    for place, word in ours.items():
        if place not in shadow:
            yield f"the source does not negate {word.written}"
    for place in theirs:
        if place in taken and place not in ours and _head(reading.line.words, place) in taken:
            yield f"the source negates {taken[place].written}"


def _head(words: Sequence[Word], place: int) -> int:
    """Return where the words end that stand together from a place on: "no oxygen-carrying pigment" is about pigment."""
    end = place
    while end + 1 < len(words) and words[end + 1].role == "content" and words[end + 1].clause == words[place].clause:
        end += 1
    return next((at for at in range(end, place, -1) if not words[at].written.endswith("ly")), place)


_SCOPE: Final = 3
"""Words from the one that is negated which may be what a statement has negated: "lack true roots", "without roots"."""


def _negated(words: Sequence[Word], *, looks_back: bool) -> Iterator[int]:
    """Give where the word of each whole negation stands: the next in its clause that carries.

    Args:
        looks_back: where there is none, give what the clause is about.
    """
    for place, (word, after) in enumerate(pairwise([*words, None])):
        is_negation = word is not None and (word.role == "negation" or word.written == "non")
        if word is None or not is_negation or word.stem in _HALF or (after and after.role == "quantifier"):
            continue
        own = [at for at, other in enumerate(words) if other.clause == word.clause and other.carries]
        later = [at for at in own if at > place and not words[at].written.endswith("ly")]
        before = [at for at in own if at < place]
        if word.stem in _LOOKS_BACK:
            yield from before[-1:]
        else:
            yield from later[:1] or (before[:1] if looks_back else ())
