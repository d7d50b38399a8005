"""Lines of the evidence: the sentences of one paragraph or point, as far as an answer would take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.answering.relevance import Source
from rag.answering.selection import with_antecedents
from rag.answering.statements import Statement

_MOST_WORDS = 65
"""A line is cut to as many sentences as have this many words, at least one."""

_BEST_SHARE = 0.7
"""How much a line's best sentence counts against the mean of those it is taken with."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A statement with its source and how much it helps; see `relevance`."""

    statement: Statement
    source: Source
    relevance: float


@dataclass(frozen=True, slots=True)
class Line:
    """What an answer would take of a paragraph or point, in order; `run` begins with what it cannot be read without."""

    run: tuple[Statement, ...]
    source: Source
    relevance: float

    @property
    def first(self) -> Statement:
        """Return the statement it begins with."""
        return self.run[0]

    @property
    def terms(self) -> frozenset[str]:
        """Return the stems of its words."""
        return frozenset[str]().union(*(statement.terms for statement in self.run))


def lines_of(weighed: Iterable[Weighed]) -> list[Line]:
    """Return the lines that statements, given in the order of their sections, stand in."""
    groups = groupby(weighed, key=lambda one: (one.statement.passage.id, one.statement.line))
    return [_line(list(group)) for _, group in groups]


def _line(group: Sequence[Weighed]) -> Line:
    best = max(range(len(group)), key=lambda place: group[place].relevance)
    start = 0 if _words(group[: best + 1]) <= _MOST_WORDS else best
    before = with_antecedents(group[start].statement)[:-1]
    kept = [group[start]]
    for one in group[start + 1 :]:
        if _words([*kept, one]) > _MOST_WORDS:
            break
        kept.append(one)
    relevances = [one.relevance for one in kept]
    relevance = _BEST_SHARE * max(relevances) + (1 - _BEST_SHARE) * sum(relevances) / len(relevances)
    return Line((*before, *(one.statement for one in kept)), group[0].source, relevance)


def _words(group: Sequence[Weighed]) -> int:
    return sum(one.statement.words for one in group)
