"""A claim set beside a piece of a source, word by word: what the source says too, and where it says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.grounding.words import Word, are_opposite, may_replace

_SAME: Final = 3.0
_ALIKE: Final = 2.0
_SKIPPED: Final = 0.1
"""What an alignment gains by a word that the source has, by one that it has in other words, and loses by each word of
the source that it passes over; chosen so that of two places for a clause the one that reads alike wins."""

_REACH: Final = 3
"""Words before the first aligned one in which a negation still governs it: "does not usually need"."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A claim compared with a source.

    Attributes:
        coverage: weight of the claim's words that the source has, as a share of all, from 0 to 1.
        missing: words of the claim that the source lacks.
        misplaced: words that it has, but not in the order of their clause.
        conflicts: where it says otherwise, one short reason each.
    """

    coverage: float
    missing: tuple[Word, ...]
    misplaced: tuple[Word, ...]
    conflicts: tuple[str, ...]


def compare(
    claim: Sequence[Word], source: Sequence[Word], known: Collection[str], weigh: Callable[[str], float]
) -> Comparison:
    """Compare a claim with a source, clause by clause.

    Within a clause the words must come in the source's order; the clauses themselves may come in any.

    Args:
        known: stems of what the source is about and need not say again: its heading, its entry's question.
        weigh: how telling a stem is.
    """
    clauses = [_align(clause, source) for clause in _clauses(claim)]
    astray = [(clause, place) for clause in clauses for place in clause.astray()]
    missing = [clause.words[place] for clause, place in astray if not _is_said(clause.words[place], source)]
    missing = [word for word in missing if word.carries and word.stem not in known]
    misplaced = [
        clause.words[place]
        for clause, place in astray
        if _is_said(clause.words[place], source) and not _moved_whole(clause, place, source)
    ]
    weights = [weigh(word.stem) for word in claim if word.carries]
    share = 1 - sum(weigh(word.stem) for word in missing) / sum(weights) if weights else 0.0
    conflicts = [*_numbers(claim, source, known), *_negations(claim, source), *_quantities(claim, source)]
    conflicts += [conflict for clause in clauses for conflict in _opposites(clause, claim, source)]
    conflicts += _causes(clauses, source)
    return Comparison(share, tuple(missing), tuple(misplaced), tuple(dict.fromkeys(conflicts)))


def _is_said(word: Word, source: Sequence[Word]) -> bool:
    return any(may_replace(word.stem, other.stem) for other in source)


def _moved_whole(clause: _Clause, place: int, source: Sequence[Word]) -> bool:
    """Return whether a word was moved with the preposition that says what it does: "in drought, ABA builds up"."""
    own = _phrase(clause.words, place)
    near = clause.region(source)
    return bool(own) and any(
        may_replace(clause.words[place].stem, source[there].stem) and _phrase(source, there) == own for there in near
    )


def _phrase(words: Sequence[Word], place: int) -> tuple[str, ...]:
    """Return the preposition that a word depends on, and what stands between but determiners; empty without one."""
    between: list[str] = []
    for word in reversed(words[max(0, place - _PHRASE) : place]):
        if word.written in _PREPOSITIONS:
            return (word.written, *between)
        if word.written not in _DETERMINERS:
            between.append(word.stem)
    return ()


_PHRASE: Final = 3
_PREPOSITIONS: Final = frozenset("in on at by of from to into onto with for between during through as than per".split())
_DETERMINERS: Final = frozenset("a an the its their his her this that these those each same own".split())


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause of a claim, with the place in the source of each word that has one there, in order."""

    words: Sequence[Word]
    places: Sequence[int | None]

    def astray(self) -> Iterator[int]:
        """Give the places in the clause of the words that matter and have none in the source."""
        for number, (word, place) in enumerate(zip(self.words, self.places, strict=True)):
            if place is None and (word.carries or word.role == "direction"):
                yield number

    def region(self, source: Sequence[Word]) -> Sequence[int]:
        """Return the places in the source among which the clause is said, with those beside them in their clauses."""
        taken = [place for place in self.places if place is not None]
        if not taken:
            return ()
        ends = {source[taken[0]].clause, source[taken[-1]].clause}
        near = range(max(0, taken[0] - _REACH), min(len(source), taken[-1] + _REACH + 1))
        return [place for place in near if taken[0] <= place <= taken[-1] or source[place].clause in ends]


def _clauses(claim: Sequence[Word]) -> list[list[Word]]:
    clauses: dict[int, list[Word]] = {}
    for word in claim:
        clauses.setdefault(word.clause, []).append(word)
    return list(clauses.values())


def _align(clause: Sequence[Word], source: Sequence[Word]) -> _Clause:
    """Return the best alignment in order, after Smith and Waterman (1981): words matched, words passed over."""
    rows = [place for place, word in enumerate(clause) if _can_align(word)]
    columns = [place for place, word in enumerate(source) if _can_align(word)]
    gains = [_gains(clause[row], [source[column] for column in columns]) for row in rows]
    best = [[0.0] * (len(columns) + 1)]
    for number, own in enumerate(gains, start=1):
        skipped = _SKIPPED if number < len(gains) else 0.0
        above, line = best[-1], [0.0]
        for column, gain in enumerate(own):
            passed = line[column] - skipped if line[column] > 0 else 0.0
            line.append(max(passed, above[column + 1], above[column] + gain))
        best.append(line)
    places: list[int | None] = [None] * len(clause)
    for row, column in _trace(best, gains):
        places[rows[row]] = columns[column]
    return _Clause(clause, places)


def _trace(best: Sequence[Sequence[float]], gains: Sequence[Sequence[float]]) -> Iterator[tuple[int, int]]:
    """Give the pairs of an alignment, from its end."""
    row, column = len(best) - 1, len(best[0]) - 1
    while row and column:
        gain = gains[row - 1][column - 1]
        if gain > 0 and best[row][column] == best[row - 1][column - 1] + gain:
            row, column = row - 1, column - 1
            yield row, column
        elif best[row][column] == best[row - 1][column]:
            row -= 1
        else:
            column -= 1


def _can_align(word: Word) -> bool:
    return word.carries or word.role == "direction"


def _gains(word: Word, others: Sequence[Word]) -> list[float]:
    own, carries = word.stem, word.carries
    return [
        _SAME
        if other.stem == own
        else _ALIKE
        if carries and other.role != "direction" and may_replace(own, other.stem)
        else 0.0
        for other in others
    ]


def _numbers(claim: Sequence[Word], source: Sequence[Word], known: Collection[str]) -> Iterator[str]:
    """Give each number of the claim that the source does not have."""
    said = {word.stem for word in source} | set(known)
    for word in claim:
        if word.role == "number" and word.stem not in said and word.written[0].isdigit():
            yield f"{word.written} is not in the source"


def _opposites(clause: _Clause, claim: Sequence[Word], source: Sequence[Word]) -> Iterator[str]:
    """Give each word of a clause whose opposite the source has instead, or on the way to it."""
    everywhere = {word.stem for word in claim}
    here = {word.stem for word in clause.words}
    said = {word.stem for word in source}
    around = [source[place] for place in clause.region(source)]
    before: int | None = None
    for word, place in zip(clause.words, clause.places, strict=True):
        if word.role != "function":
            if place is None and word.stem not in said:
                rivals = [other for other in around if other.stem not in everywhere and _turns(word, other)]
            elif place is not None and before is not None:
                passed = source[before + 1 : place]
                rivals = [other for other in passed if other.stem not in here and _turns(word, other)]
            else:
                rivals = []
            yield from (f"{word.written}, not {other.written}" for other in rivals)
        before = before if place is None else place


def _turns(word: Word, other: Word) -> bool:
    return word.role == other.role == "number" or are_opposite(word.stem, other.stem)


def _negations(claim: Sequence[Word], source: Sequence[Word]) -> Iterator[str]:
    """Give what only one of the two negates, of what both speak of."""
    theirs = _negated(source)
    own, said = {word.stem for word in claim}, {word.stem for word in source}
    for governed in _negated(claim):
        match = next((other for other in theirs if any(may_replace(a, b) for a in governed for b in other)), None)
        if match is not None:
            theirs.remove(match)
        elif not any(are_opposite(one, other) for one in governed if one not in said for other in said):
            yield f"the source does not negate {' '.join(governed) or 'it'}"
    for governed in theirs:
        speaks_of_it = any(may_replace(one, other) for one in governed for other in own)
        if speaks_of_it and not any(are_opposite(one, other) for one in governed if one not in own for other in own):
            yield f"the source negates {' '.join(governed)}"


def _negated(words: Sequence[Word]) -> list[list[str]]:
    """Return the stems that each negation governs: the next word that carries meaning; of some, the one before too."""
    governed: list[list[str]] = []
    for place, word in enumerate(words):
        if word.role == "negation":
            after = [other.stem for other in words[place + 1 :] if other.carries][:1]
            before = [other.stem for other in words[:place] if other.carries][-1:]
            governed.append([*after, *before] if word.stem in _LOOKS_BACK else after)
    return governed


_LOOKS_BACK: Final = frozenset("absent miss fail".split())


def _causes(clauses: Sequence[_Clause], source: Sequence[Word]) -> Iterator[str]:
    """Give each effect of the claim that the source has as a cause."""
    starts = {word.clause: word.written for word in reversed(source)}
    for clause in clauses:
        taken = [place for place in clause.places if place is not None]
        is_cause = clause.words[0].written in _BECAUSE
        says_because = bool(taken) and starts[source[taken[-1]].clause] in _BECAUSE
        if says_because and not is_cause and any(other.words[0].written in _BECAUSE for other in clauses):
            yield "what the source gives as the cause is the effect"


_BECAUSE: Final = frozenset("because since".split())


def _quantities(claim: Sequence[Word], source: Sequence[Word]) -> Iterator[str]:
    """Give each claim of more, or of less, than the source makes."""
    ours = {word.strength for word in claim}
    own = {word.stem for word in claim}
    theirs = {word.strength for word in source}
    for word in claim:
        if word.strength in {"all", "only", "few"} and word.strength not in theirs:
            yield f"{word.written}, which the source does not say"
    for place, word in enumerate(source):
        governed = next((other.stem for other in source[place + 1 :] if other.carries), None)
        if word.strength in {"most", "some", "few"} and word.strength not in ours and governed in own:
            yield f"the source says {word.written}"
