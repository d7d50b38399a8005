"""Which of the facts that a good answer holds a reply states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, Literal

from evals.models import Nugget
from evals.scoring.idf import Idf
from evals.scoring.negation import negations_in
from evals.scoring.outcome import Outcomes, Unscored
from evals.scoring.patterns import denies, holds, states
from evals.scoring.subject import Subject
from evals.scoring.text import SentenceRead, read_sentence

Held = Literal["supported", "partial", "missed"]

PARTIAL_COVERAGE: Final = 0.6
"""Of a nugget's weight, how much two sentences that follow each other hold where they half state it."""

_CREDIT: Final[dict[Held, float]] = {"supported": 1.0, "partial": 0.5, "missed": 0.0}


def assign_nugget(nugget: Nugget, sentences: Sequence[SentenceRead], idf: Idf) -> Held:
    """Return whether sentences state a nugget: by its patterns and polarity, else in part by its words.

    A nugget whose own text denies (``needs no ATP``) is not held against a negation beside its pattern. One that is
    stated with the other polarity is missed, however much of it is covered; sentences that deny cover nothing of
    one that does not, and those on either side of one do not follow each other.
    """
    if is_stated(nugget, sentences):
        return "supported"
    is_reversed = _readings(nugget)[1]
    if any(is_reversed(pattern, sentences) for pattern in nugget.any_of):
        return "missed"
    is_denial = nugget.polarity == "negative" or bool(negations_in(read_sentence(nugget.text).words))
    agreeing = [one.tokens if is_denial or not negations_in(one.words) else None for one in sentences]
    return "partial" if _best_coverage(nugget.text, agreeing, idf) >= PARTIAL_COVERAGE else "missed"


def is_stated(nugget: Nugget, sentences: Sequence[SentenceRead]) -> bool:
    """Return whether one of some sentences states a nugget by one of its patterns, in its polarity."""
    is_said = _readings(nugget)[0]
    return any(is_said(pattern, sentences) for pattern in nugget.any_of)


_Reading = Callable[[str, Sequence[SentenceRead]], bool]


def _readings(nugget: Nugget) -> tuple[_Reading, _Reading]:
    """Return what a pattern of a nugget must be for the nugget to be said, and for its opposite to be."""
    if nugget.polarity == "negative":
        return denies, states
    if negations_in(read_sentence(nugget.text).words):
        return holds, _never
    return states, denies


def _never(_pattern: str, _sentences: Sequence[SentenceRead]) -> bool:
    return False


def _best_coverage(text: str, sentences: Sequence[frozenset[str] | None], idf: Idf) -> float:
    """Return the greatest share of a text's weight in one sentence, or two that follow each other; None is skipped."""
    wanted = read_sentence(text).tokens
    whole = idf.total(wanted)
    single = [one for one in sentences if one is not None]
    pairs = [one | two for one, two in pairwise(sentences) if one is not None and two is not None]
    return max((idf.total(wanted & held) / whole for held in (*single, *pairs)), default=0.0)


def score_nuggets(subject: Subject) -> Outcomes:
    """Return the recall of vital and of all nuggets, strict and with half credit, as TREC counts them."""
    sentences = subject.answer.sentences
    nuggets = subject.case.nuggets
    held: list[Held] = [assign_nugget(nugget, sentences, subject.idf) for nugget in nuggets]
    vital: list[Held] = [one for one, nugget in zip(held, nuggets, strict=True) if nugget.weight == "vital"]
    return {**_recalls("vital", vital), **_recalls("all", held)}


def _recalls(name: str, held: Sequence[Held]) -> Outcomes:
    names = (f"nugget_recall_{name}", f"nugget_recall_{name}_half")
    if not held:
        return dict.fromkeys(names, Unscored("case: has no such nugget"))
    strict = sum(one == "supported" for one in held) / len(held)
    return dict(zip(names, (strict, sum(_CREDIT[one] for one in held) / len(held)), strict=True))
