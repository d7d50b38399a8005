"""Words that may stand elsewhere in a claim than in the source without saying anything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rag.grounding.aligning import Aligned, phrase_of
from rag.grounding.words import Word

_MOVABLE: Final = frozenset("in on at by with during between through before after without for".split())
"""Prepositions whose phrase may stand elsewhere in the sentence: "in drought, ABA builds up"."""


_NAME: Final = 4
"""Words of what owns something: "the small subunit of a bacterial ribosome"."""


def may_stand(clause: Aligned, number: int, clauses: Sequence[Aligned]) -> bool:
    """Return whether a word that is not where the source has it says the same: an adverb, or part of a phrase."""
    word = clause.words[number]
    is_near = not clause.line.places_of(word).isdisjoint(clause.region())
    if is_near and word.written.endswith("ly"):
        return True
    return _moved_whole(clause, number) or _in_genitive(clause, number) or _is_said_again(clause, number, clauses)


def _is_said_again(clause: Aligned, number: int, clauses: Sequence[Aligned]) -> bool:
    """Return whether a word only says again what another in the claim says in its place, as "it" would."""
    word, line = clause.words[number], clause.line
    taken = {place for other in clauses if other.line is line for _, place in other.pairs()}
    own = {place for _, place in clause.pairs()}
    is_instead = any(line.words[place].carries and place not in own for place in clause.gap(number))
    return word.role == "content" and not is_instead and not line.places_of(word).isdisjoint(taken - own)


def _moved_whole(clause: Aligned, number: int) -> bool:
    """Return whether a word was moved with the preposition that says what it does: "in drought, ABA builds up"."""
    own = phrase_of(clause.words, number)
    if not own or own[0] not in _MOVABLE:
        return False
    there = clause.line.places_of(clause.words[number]).intersection(clause.region())
    return any(phrase_of(clause.line.words, place) == own for place in there)


def _in_genitive(clause: Aligned, number: int) -> bool:
    """Return whether a word is in the other order of a genitive: "a mutation's class", "the class of a mutation"."""
    source = clause.line.words
    pairs = [(pair, _compounds) for pair in _genitives(clause.words)]
    pairs += [(pair, _genitives) for pair in _compounds(clause.words)]
    for (owner, head), other in pairs:
        theirs = set(other(source))
        partner = head if number == owner else owner if number == head else None
        place = None if partner is None else clause.places[partner]
        if place is not None:
            there = clause.line.places_of(clause.words[number])
            if any(((one, place) if partner == head else (place, one)) in theirs for one in there):
                return True
    return False


def _genitives(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Give the places of what owns and what is owned: of each "crystals of calcium phosphate" two pairs."""
    for of, word in enumerate(words):
        if word.written == "of" and of and words[of - 1].carries:
            owners = range(of + 1, min(of + 1 + _NAME, len(words)))
            yield from ((place, of - 1) for place in owners if words[place].carries)


def _compounds(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Give the places of what owns and what is owned where they stand side by side: "calcium phosphate crystals"."""
    for place, word in enumerate(words):
        for before in range(place - 1, max(-1, place - 1 - _NAME), -1):
            if word.role != "content" or words[before].role != "content":
                break
            yield before, place
