"""What a reply must not say, and whether it corrects what a question takes for granted."""

from __future__ import annotations

from typing import Final

from evals.models import Case, Nugget
from evals.scoring.nuggets import assign_nugget
from evals.scoring.outcome import Outcome, Outcomes, Unscored
from evals.scoring.patterns import states
from evals.scoring.subject import Subject

CORRECTION: Final = "correction"
"""The id of the nugget that says what is so where a question takes something false for granted."""


def corrections_of(case: Case) -> list[Nugget]:
    """Return the nuggets that say what is really so: `CORRECTION`, and where there are several, ``correction-1``."""
    return [nugget for nugget in case.nuggets if nugget.id.partition("-")[0] == CORRECTION]


def forbidden_in(subject: Subject) -> list[str]:
    """Return what a reply says, and does not deny, of what no right answer says."""
    return [pattern for pattern in subject.case.must_not if states(pattern, subject.answer.sentences)]


def score_forbidden(subject: Subject) -> Outcomes:
    """Count what no right answer says."""
    return {"must_not": float(len(forbidden_in(subject)))} if subject.case.must_not else {}


def score_premise(subject: Subject) -> Outcomes:
    """Return whether a false premise is corrected: what must not be said is not, and a correction is."""
    return {"premise_corrected": _corrected(subject)}


def _corrected(subject: Subject) -> Outcome:
    corrections = corrections_of(subject.case)
    if not corrections:
        return Unscored("case: has no nugget that corrects")
    sentences = subject.answer.sentences
    is_corrected = any(assign_nugget(one, sentences, subject.idf) == "supported" for one in corrections)
    return float(is_corrected and not forbidden_in(subject))
