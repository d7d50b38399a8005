"""A statement set beside one sentence of a source, to see whether the sentence says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rag.grounding.aligning import Aligned, Line, align, clauses_of, turn_passive
from rag.grounding.words import Word


@dataclass(frozen=True, slots=True)
class About:
    """What a sentence need not say again, as stems.

    Attributes:
        known: its entry's question, its heading, its label.
        label: its own label; `labels`: the other labels of its entry.
    """

    known: Collection[str]
    label: frozenset[str]
    labels: Collection[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement set beside one sentence of a source, clause by clause.

    Attributes:
        taken: the words of the statement, by the place in the sentence where it says them too.
        weigh: how telling a stem is: its inverse document frequency.
    """

    claim: Sequence[Word]
    clauses: Sequence[Aligned]
    line: Line
    about: About
    taken: Mapping[int, Word]
    weigh: Callable[[str], float]

    @property
    def shared(self) -> Sequence[Word]:
        """Return the words that carry and that both say."""
        return [word for word in self.taken.values() if word.carries]

    @property
    def is_of_another(self) -> bool:
        """Return whether what the statement is about is not what the sentence is about."""
        first = self.clauses[0]
        begins = (place is None for word, place in zip(first.words, first.places, strict=True) if word.carries)
        return next(begins, False)

    def weight(self, stems: Collection[str]) -> float:
        """Return how telling some stems are together."""
        return sum(map(self.weigh, stems))


def read_beside(claim: Sequence[Word], line: Line, about: About, weigh: Callable[[str], float]) -> Reading:
    """Return a statement set beside a sentence."""
    clauses = [align(clause, line) for clause in map(turn_passive, clauses_of(claim))]
    taken = {place: clause.words[number] for clause in clauses for number, place in clause.pairs()}
    return Reading(claim, clauses, line, about, taken, weigh)
