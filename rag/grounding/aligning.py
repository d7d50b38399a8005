"""Where a clause of a claim is said in a sentence of a source: the same words in the same order, or turned passive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.grounding.words import BECAUSE, DETERMINERS, PREPOSITIONS, RELATIVES, Key, Word

_SAME: Final = 3.0
_ALIKE: Final = 2.0
_SKIPPED: Final = 0.1
"""What an alignment gains by a word that the source has, by one that it has in other words, and loses by each word of
the source that it passes over; chosen so that of two places for a clause the one that reads alike wins."""

_PHRASE: Final = 4
"""Words between a preposition and what it governs: "in the same narrow tube"."""

_COPULAS: Final = frozenset("is are was were be been being".split())


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a source, made ready to be compared with.

    Attributes:
        words: with passive clauses turned.
        written: as they were.
        sentence: its number in the passage.
        index: where each key of a word stands.
        starts: for each word, where its clause starts.
        lead: for each word, how many words before it in its clause say something.
    """

    words: Sequence[Word]
    written: Sequence[str]
    sentence: int
    index: Mapping[Key, Sequence[int]]
    starts: Sequence[int]
    lead: Sequence[int]

    def says(self, word: Word) -> bool:
        """Return whether a word is anywhere in the sentence, if in other words."""
        return any(key in self.index for key in word.keys)

    def places_of(self, word: Word) -> set[int]:
        """Return where a word is, if in other words."""
        return {place for key in word.keys for place in self.index.get(key, ())}

    def clause_end(self, place: int) -> int:
        """Return the place after the last word of a clause."""
        own = self.starts[place]
        return next((there for there in range(place, len(self.words)) if self.starts[there] != own), len(self.words))


def line_of(read: Sequence[Word], sentence: int) -> Line:
    """Return a sentence with what is looked up in it."""
    words = [word for clause in clauses_of(read) for word in turn_passive(clause)]
    index: dict[Key, list[int]] = {}
    starts: list[int] = []
    lead: list[int] = []
    for place, word in enumerate(words):
        same = place > 0 and words[place - 1].clause == word.clause
        starts.append(starts[-1] if same else place)
        lead.append(lead[-1] + words[place - 1].says_something if same else 0)
        if word.aligns:
            for key in word.keys:
                index.setdefault(key, []).append(place)
    return Line(words, [word.written for word in read], sentence, index, starts, lead)


@dataclass(frozen=True, slots=True)
class Aligned:
    """A clause of a claim, with the place in a sentence of each word that has one there, in order."""

    words: Sequence[Word]
    places: Sequence[int | None]
    line: Line
    score: float

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Give each aligned word's place in the clause and in the sentence."""
        for number, place in enumerate(self.places):
            if place is not None:
                yield number, place

    def astray(self) -> Iterator[int]:
        """Give the place in the clause of each word that the source must have and does not have there."""
        for number, (word, place) in enumerate(zip(self.words, self.places, strict=True)):
            if place is None and word.must_stand:
                yield number

    def gap(self, number: int) -> range:
        """Return the places in the sentence where a word of the clause that is not there should have been."""
        before = next((place for place in reversed(self.places[:number]) if place is not None), None)
        after = next((place for place in self.places[number + 1 :] if place is not None), None)
        if before is None and after is None:
            return range(0)
        start = self.line.starts[after] if before is None and after is not None else (before or 0) + 1
        return range(start, self.line.clause_end(before) if after is None and before is not None else after or 0)

    def region(self) -> Sequence[int]:
        """Return the places in the sentence among which the clause is said, with those beside them in their clauses."""
        taken = [place for place in self.places if place is not None]
        if not taken:
            return ()
        return range(self.line.starts[taken[0]], self.line.clause_end(taken[-1]))


def align(clause: Sequence[Word], line: Line) -> Aligned:
    """Return the best alignment in order, after Smith and Waterman (1981): words matched, words passed over.

    From one clause of the source into another only what the first may be said to do: "TFIID, which binds the promoter,
    and TFIIH, which opens the DNA" does not have TFIID open it.
    """
    places: list[int | None] = [None] * len(clause)
    matches = [
        (number, place, _SAME if line.words[place].stem == word.stem else _ALIKE)
        for number, word in enumerate(clause)
        if word.aligns
        for place in sorted(line.places_of(word))
    ]
    best: list[tuple[float, int | None]] = []
    for own, (number, place, gain) in enumerate(matches):
        reached: tuple[float, int | None] = (gain, None)
        for earlier in range(own):
            row, column, _ = matches[earlier]
            if row < number and column < place:
                score = best[earlier][0] + gain - _SKIPPED * (place - column - 1)
                if score > reached[0] and _may_follow(line, column, place):
                    reached = (score, earlier)
        best.append(reached)
    if not best:
        return Aligned(clause, places, line, 0.0)
    at: int | None = max(range(len(best)), key=lambda one: best[one][0])
    score = best[at][0]
    while at is not None:
        places[matches[at][0]] = matches[at][1]
        at = best[at][1]
    return Aligned(clause, _without_next_subject(places, line), line, score)


def _without_next_subject(places: list[int | None], line: Line) -> list[int | None]:
    """Return places without the last where that is what a later clause of the source is about, not part of a list."""
    taken = [(place, number) for number, place in enumerate(places) if place is not None]
    if len(taken) > 1:
        (before, _), (last, number) = taken[-2:]
        next_word = line.words[last + 1 : last + 2]
        if line.starts[last] > before and next_word and next_word[0].says_something:
            places[number] = None
    return places


def _may_follow(line: Line, before: int, after: int) -> bool:
    """Return whether a word may be said of one in an earlier clause: no other stands between as its subject."""
    start = line.starts[after]
    if start <= before:
        return True
    if line.words[start].written in RELATIVES:
        return not any(line.words[place].says_something for place in range(before + 1, start)) and not line.lead[after]
    return not line.lead[after]


def phrase_of(words: Sequence[Word], place: int) -> tuple[str, ...]:
    """Return the preposition that a word depends on, and what stands between but determiners; empty without one."""
    between: list[str] = []
    for word in reversed(words[max(0, place - _PHRASE) : place]):
        if word.written in PREPOSITIONS:
            return (word.written, *between)
        if word.written not in DETERMINERS:
            between.append(word.stem)
    return ()


def clauses_of(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words of each clause."""
    clauses: dict[int, list[Word]] = {}
    for word in words:
        clauses.setdefault(word.clause, []).append(word)
    return list(clauses.values())


def turn_passive(clause: Sequence[Word]) -> Sequence[Word]:
    """Return a passive clause with its agent first, as the active one has it; any other as it is."""
    by = next((place for place, word in enumerate(clause) if word.written == "by"), len(clause))
    copula = next((place for place in range(by) if clause[place].written in _COPULAS), by)
    agent = clause[by + 1 :]
    if copula == by or not agent or agent[0].written.endswith("ing"):
        return clause
    end = next((place for place, word in enumerate(agent) if place and word.written in PREPOSITIONS), len(agent))
    because = [word for word in clause[:1] if word.written in BECAUSE]
    return [*because, *agent[:end], *clause[copula + 1 : by], *clause[len(because) : copula], *agent[end:]]
