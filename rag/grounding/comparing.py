"""A claim set beside sentences of a source, word by word: what the source says too, and where it says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rag.grounding.aligning import Aligned, Line, align, clauses_of, phrase_of, turn_passive
from rag.grounding.conflicts import conflicts_of, hedges_of
from rag.grounding.moving import may_stand
from rag.grounding.words import Word


@dataclass(frozen=True, slots=True)
class Comparison:
    """A claim compared with a source.

    Attributes:
        coverage: weight of the claim's words that the source has, as a share of all, from 0 to 1.
        missing: words of the claim that the source lacks.
        misplaced: words that it has, but not in the order of their clause.
        conflicts: where it says otherwise, one short reason each.
        hedges: of the source's, that the claim leaves out, one short reason each.
        replaced: whether it has another word in the place of a missing one.
    """

    coverage: float
    missing: tuple[Word, ...]
    misplaced: tuple[Word, ...]
    conflicts: tuple[str, ...]
    hedges: tuple[str, ...]
    replaced: bool

    @property
    def is_faultless(self) -> bool:
        """Return whether the source says all of the claim."""
        return not (self.missing or self.misplaced or self.conflicts or self.hedges)


def compare(
    claim: Sequence[Word], lines: Sequence[Line], known: Collection[str], weigh: Callable[[str], float]
) -> Comparison:
    """Compare a claim with one sentence of a source or two, clause by clause.

    Within a clause the words must come in the source's order; the clauses themselves may come in any.

    Args:
        lines: the sentences, passive clauses turned.
        known: stems of what the source is about and need not say again: its heading, its entry's question.
        weigh: how telling a stem is.
    """
    clauses = [
        max((align(clause, line) for line in lines), key=lambda one: one.score)
        for clause in map(turn_passive, clauses_of(claim))
    ]
    astray = [(clause, number) for clause in clauses for number in clause.astray()]
    is_said = [any(line.says(clause.words[number]) for line in lines) for clause, number in astray]
    said = [one for one, says in zip(astray, is_said, strict=True) if says]
    unsaid = [one for one, says in zip(astray, is_said, strict=True) if not says]
    misplaced = [clause.words[number] for clause, number in said if not may_stand(clause, number, clauses)]
    replaced = [_is_replaced(clause, number, claim) for clause, number in unsaid]
    missing = [
        (clause, number)
        for (clause, number), instead in zip(unsaid, replaced, strict=True)
        if instead or not _is_understood(clause, number, known)
    ]
    weights = [weigh(word.stem) for word in claim if word.carries]
    lacking = [clause.words[number] for clause, number in missing]
    unheard = sum(weigh(word.stem) for word in lacking if word.carries and word.stem not in known)
    share = 1 - unheard / sum(weights) if weights else 0.0
    conflicts = conflicts_of(clauses, claim, lines, known)
    return Comparison(
        share,
        tuple(lacking),
        tuple(misplaced),
        tuple(dict.fromkeys(conflicts)),
        tuple(dict.fromkeys(hedges_of(clauses, claim))),
        any(replaced),
    )


def _is_understood(clause: Aligned, number: int, known: Collection[str]) -> bool:
    """Return whether a word names what all is about, where a sentence does so: at a clause's start, or in a phrase."""
    first = next((place for place, word in enumerate(clause.words) if word.carries), 0)
    is_setting = number == first or bool(phrase_of(clause.words, number))
    return is_setting and clause.words[number].stem in known


def _is_replaced(clause: Aligned, number: int, claim: Sequence[Word]) -> bool:
    """Return whether the source has another word in the place of one that it lacks."""
    source = clause.line.words
    instead = (source[place] for place in clause.gap(number))
    return clause.words[number].carries and any(
        word.carries and not any(word.may_replace(other) for other in claim) for word in instead
    )
