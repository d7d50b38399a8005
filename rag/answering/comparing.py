"""Comparisons: what the entries say of two things, aspect by aspect or side by side, from curated sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.lines import Line
from rag.answering.questions import Length
from rag.answering.selection import Chosen, Selection
from rag.passages import stem, terms_of, words_of
from rag.retrieval import Postings

_ROWS = 4
_CELL_WORDS = 40
_POINTS = 3
"""Most rows of a table, most words of a cell, and most points of a side where there is no table."""

_OVER_BOTH = 4
"""Most lines that speak of both sides."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The two things compared: as the question writes them, and the stems that tell one from the other."""

    names: tuple[str, str]
    marks: tuple[str, str]

    def held(self, text: str) -> frozenset[int]:
        """Return which sides a text speaks of; a mark inside the other, as "meiosis" in "meiosis II", is none."""
        stems = f" {' '.join(map(stem, words_of(text)))} "
        found: set[int] = set()
        for side in sorted((0, 1), key=lambda side: -len(self.marks[side])):
            if f" {self.marks[side]} " in stems:
                found.add(side)
                stems = stems.replace(f" {self.marks[side]} ", "  ")
        return frozenset(found)


def sides_with_marks(names: tuple[str, str], postings: Postings) -> Sides:
    """Return two sides, each marked by the rarest word that the other lacks; by all its words where there is none."""
    own = [set(terms_of(name)) for name in names]
    told_by_word = own[0] - own[1] and own[1] - own[0]
    if told_by_word:
        first, second = (
            max(sorted(terms - others), key=postings.weight) for terms, others in zip(own, own[::-1], strict=True)
        )
    else:
        first, second = (" ".join(map(stem, words_of(name))) for name in names)
    return Sides(names, (first, second))


def compare(lines: Sequence[Line], sides: Sides, length: Length) -> list[Chosen]:
    """Return a comparison in reading order; empty where the evidence does not tell of each side.

    The best entry's opening comes first where it speaks of both; then a table of the aspects that an entry tells of
    each side, or else the best points of each; then what sets one against the other.
    """
    selection = Selection(length)
    placed = [(line, _sides_of_line(line, sides)) for line in lines]
    over_both = sorted((line for line, held in placed if len(held) == 2), key=lambda line: -line.relevance)
    opening = next((one for one in over_both if one.first.span.start == 0 and one.first.can_lead), None)
    if opening is not None:
        selection.add(opening.run[:1])
    contrasts = [line for line in over_both if line is not opening and _fits_below(line)]
    rows = _rows(placed, sides)
    kept = _take_rows(rows, selection, sides) or _take_points(placed, selection, sides)
    for line in contrasts[:_OVER_BOTH]:
        selection.add(line.run)
    for line in sorted(lines, key=lambda line: -line.relevance):
        if selection.words < length.least_words and line.source.rank == 1 and _fits_below(line):
            selection.add(line.run)
    tells_each = {one.side for one in kept} == set(sides.names)
    if not tells_each and not (opening and contrasts):
        return []
    return _in_reading_order(selection.chosen(), kept if tells_each else [])


def _fits_below(line: Line) -> bool:
    return line.source.rank == 1 or not line.first.sums_up


def _sides_of_line(line: Line, sides: Sides) -> frozenset[int]:
    """Return which sides a line is about: what its label names alone, else what its head and its words name."""
    labelled = sides.held(line.first.label or "")
    if len(labelled) == 1:
        return labelled
    return sides.held(line.first.head or "") | sides.held(" ".join(statement.plain for statement in line.run))


def _aspect(line: Line, sides: Sides) -> str | None:
    """Return what a line tells of its side: its label, or its head where the label is the side."""
    label = line.first.label
    is_side = bool(label and sides.held(label))
    aspect = (line.first.head or line.first.passage.section) if is_side else label
    return aspect.lower() if aspect and not sides.held(aspect) else None


def _rows(placed: Sequence[tuple[Line, frozenset[int]]], sides: Sides) -> list[tuple[Line, Line]]:
    """Return pairs of lines of the same entry and aspect, one of each side; of the entry that ranks best."""
    found: dict[tuple[str, str], dict[int, Line]] = {}
    for line, held in placed:
        aspect = _aspect(line, sides)
        if aspect and len(held) == 1 and line.first.label and line.first.words <= _CELL_WORDS:
            found.setdefault((line.first.passage.url, aspect), {}).setdefault(next(iter(held)), line)
    pairs = [(own[0], own[1]) for own in found.values() if len(own) == 2]
    best = min((pair[0].source.rank for pair in pairs), default=0)
    return [pair for pair in pairs if pair[0].source.rank == best][:_ROWS]


def _take_rows(rows: Sequence[tuple[Line, Line]], selection: Selection, sides: Sides) -> list[Chosen]:
    """Take the first sentences of each pair; nothing where there are not two pairs at least."""
    kept: list[Chosen] = []
    for row, pair in enumerate(rows if len(rows) > 1 else ()):
        firsts = [line.first for line in pair]
        if selection.has_room(firsts) and all(selection.add([one]) for one in firsts):
            kept += [Chosen(one, side=name, row=row) for one, name in zip(firsts, sides.names, strict=True)]
    return kept


def _take_points(placed: Sequence[tuple[Line, frozenset[int]]], selection: Selection, sides: Sides) -> list[Chosen]:
    """Take the best lines of each side alone, as many of one as of the other."""
    best = [
        sorted(
            (line for line, held in placed if held == frozenset({side}) and line.first.can_lead),
            key=lambda one: -one.relevance,
        )
        for side in (0, 1)
    ]
    kept: list[Chosen] = []
    for pair in list(zip(*best, strict=False))[:_POINTS]:
        firsts = [line.first for line in pair]
        if selection.has_room(firsts) and all(selection.add([one]) for one in firsts):
            kept += [Chosen(one, side=name) for one, name in zip(firsts, sides.names, strict=True)]
    return sorted(kept, key=lambda one: (sides.names.index(one.side or ""), _by_place(one)))


def _in_reading_order(chosen: Sequence[Chosen], kept: Sequence[Chosen]) -> list[Chosen]:
    """Return the opening, what is told of each side, and the rest by entry and place, what sums up last."""
    by_place = {one.statement.place: one for one in chosen}
    told = [replace(one, same=by_place[one.statement.place].same) for one in kept if one.statement.place in by_place]
    rest = [one for place, one in by_place.items() if place not in {one.statement.place for one in told}]
    opening = rest[:1] if rest and rest[0].statement.span.start == 0 else []
    return [*opening, *told, *sorted(rest[len(opening) :], key=_by_place)]


def _by_place(chosen: Chosen) -> tuple[bool, str, int]:
    statement = chosen.statement
    return statement.sums_up, statement.passage.url, statement.span.start
