"""Statements chosen so far, within a length, none saying what another says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.questions import Length
from rag.answering.statements import Statement
from rag.answering.wording import facts_in

_SAME = 0.75
"""Sentences of two entries that share this much of their words say the same, if their numbers and negations agree."""

_REPEATS = 0.75
"""A sentence with this much of its words in another of the answer adds too little to stand beside it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement of the answer, and those that say the same and are cited with it.

    Attributes:
        side: of a comparison, as the question writes it; None where it is on neither or both.
        row: number of its row in a table of both sides; None where it stands in none.
    """

    statement: Statement
    same: tuple[Statement, ...] = ()
    side: str | None = None
    row: int | None = None


class Selection:
    """What an answer holds so far."""

    def __init__(self, length: Length) -> None:
        self._length = length
        self._chosen: dict[tuple[str, int], Statement] = {}
        self._same: dict[tuple[str, int], list[Statement]] = {}
        self.words = 0

    def __contains__(self, statement: Statement) -> bool:
        """Whether a statement, or one merged with it, is in the answer."""
        merged = (one.place for same in self._same.values() for one in same)
        return statement.place in self._chosen or statement.place in merged

    @property
    def terms(self) -> frozenset[str]:
        """Return the stems of its words."""
        return frozenset[str]().union(*(statement.terms for statement in self._chosen.values()))

    def chosen(self) -> list[Chosen]:
        """Return what was chosen, in the order of choosing."""
        return [Chosen(one, tuple(self._same.get(place, ()))) for place, one in self._chosen.items()]

    def has_room(self, statements: Sequence[Statement]) -> bool:
        """Return whether statements fit that are neither in the answer nor said there already."""
        known = any(one in self or self._repeats(one) or self._twin(one) for one in statements)
        fits_sentences = len(self._chosen) + len(statements) <= self._length.sentences
        return not known and fits_sentences and self.words + sum(one.words for one in statements) <= self._length.words

    def add(self, run: Sequence[Statement]) -> bool:
        """Take as much of a run of statements as fits, from its start, and return whether anything was taken.

        What another entry says in the same words is merged with it instead, and what adds nothing is left out.
        """
        before = self.words
        for statement in run:
            if statement in self:
                continue
            twin = self._twin(statement)
            if twin is not None:
                self._same.setdefault(twin.place, []).append(statement)
                continue
            if self._repeats(statement) or not self._fits(statement) or not self._can_be_read(statement):
                break
            self._chosen[statement.place] = statement
            self.words += statement.words
        return self.words > before

    def _twin(self, statement: Statement) -> Statement | None:
        return next((other for other in self._chosen.values() if say_the_same(statement, other)), None)

    def _repeats(self, statement: Statement) -> bool:
        others = self._chosen.values()
        return any(len(statement.terms & other.terms) >= _REPEATS * len(statement.terms) for other in others)

    def _fits(self, statement: Statement) -> bool:
        fits_sentences = len(self._chosen) < self._length.sentences
        is_first = not self._chosen  # a single sentence that is too long is still an answer
        return is_first or (fits_sentences and self.words + statement.words <= self._length.words)

    def _can_be_read(self, statement: Statement) -> bool:
        antecedent = statement.antecedent
        return statement.stands_alone or (antecedent is not None and antecedent.place in self._chosen)


def say_the_same(one: Statement, other: Statement) -> bool:
    """Return whether statements of two entries say the same: alike in words, equal in numbers and negations."""
    whole = len(one.terms | other.terms)
    return (
        one.passage.url != other.passage.url
        and len(one.terms & other.terms) >= _SAME * whole
        and facts_in(one.plain) == facts_in(other.plain)
    )


def with_antecedents(statement: Statement) -> list[Statement]:
    """Return a statement after those that its opening refers to; alone where it can do with a name."""
    return list(reversed(list(_backwards(statement))))


def _backwards(statement: Statement) -> Iterator[Statement]:
    yield statement
    while not statement.stands_alone and statement.antecedent is not None:
        statement = statement.antecedent
        yield statement
