"""Sentences that say the opposite of the reference in nearly its words: overlap does not see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from evals.scoring.idf import Idf
from evals.scoring.negation import NEGATIONS, negations_in
from evals.scoring.outcome import Outcomes
from evals.scoring.subject import Subject
from evals.scoring.text import SentenceRead, TextRead
from rag.passages import stem

LEAST_OVERLAP: Final = 0.7
"""Of two sentences' weight, what tells the poles left out, how much is shared where they are of one thing (Dice)."""

_NEGATION_STEMS: Final = frozenset(map(stem, NEGATIONS))


@cache
def antonyms() -> Mapping[str, frozenset[tuple[int, bool]]]:
    """Return for each stem of the curated list the lines that it stands in, and on which side."""
    text = files("evals.scoring").joinpath("antonyms.txt").read_text(encoding="utf-8")
    poles: dict[str, set[tuple[int, bool]]] = {}
    for number, line in enumerate(text.splitlines()):
        if not line.startswith("#"):
            for side, words in enumerate(line.split("|")):
                for word in words.split():
                    poles.setdefault(stem(word), set()).add((number, bool(side)))
    return {word: frozenset(found) for word, found in poles.items()}


@lru_cache(maxsize=16_384)
def _poles(sentence: SentenceRead) -> frozenset[tuple[int, bool]]:
    return frozenset[tuple[int, bool]]().union(*(antonyms().get(one, frozenset()) for one in sentence.tokens))


@lru_cache(maxsize=16_384)
def _rest(sentence: SentenceRead) -> frozenset[str]:
    """Return what a sentence is of: its stems without negations and poles."""
    return sentence.tokens - _NEGATION_STEMS - antonyms().keys()


def are_opposed(one: SentenceRead, other: SentenceRead) -> bool:
    """Return whether two sentences of one thing differ in a negation or in a pole, but not in both.

    A pole differs where each holds a side that the other has not, of a line of which each holds one side only.
    """
    ours, theirs = _poles(one), _poles(other)
    differing = sum(
        (number, not side) in theirs and (number, side) not in theirs and (number, not side) not in ours
        for number, side in ours
    )
    return (len(negations_in(one.words)) + len(negations_in(other.words)) + differing) % 2 == 1


def opposed_pairs(answer: TextRead, reference: TextRead, idf: Idf) -> Iterator[tuple[str, str]]:
    """Give each claim with the sentence of the reference that is nearest to it, where the two are opposed."""
    known = [(_rest(other), idf.total(_rest(other)), other) for other in reference.sentences if other.is_claim]
    for one in answer.sentences:
        if one.is_claim and known:
            rest = _rest(one)
            weight = idf.total(rest)
            overlap, nearest = max(
                ((2 * idf.total(rest & theirs) / (weight + total or 1), other) for theirs, total, other in known),
                key=lambda pair: pair[0],
            )
            if overlap >= LEAST_OVERLAP and are_opposed(one, nearest):
                yield one.plain, nearest.plain


def score_polarity(subject: Subject) -> Outcomes:
    """Count the sentences of a reply that are opposed to the reference."""
    return {"polarity_flags": float(len(list(opposed_pairs(subject.answer, subject.reference, subject.idf))))}
