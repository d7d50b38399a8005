"""What went wrong first with a reply, told without a judge."""

from __future__ import annotations

from typing import Final

from evals.models import FailureClass
from evals.scoring.nuggets import assign_nugget
from evals.scoring.outcome import Outcomes, is_positive
from evals.scoring.refusal import stance_of
from evals.scoring.subject import Subject
from evals.scoring.text import read_text

INVENTED_BELOW: Final = 0.5
"""Grounding of a reply of which half, by weight, its context does not hold."""

WRONG_BELOW: Final = 0.5
"""Recall of vital nuggets, with half credit, of a reply that misses the point."""

FAR_BELOW: Final = 0.25
"""Content F1 of such a reply where no nugget is vital: midway from a random entry (0.09) to the nearest (0.44)."""


def failure_of(subject: Subject, outcomes: Outcomes) -> FailureClass:
    """Return what went wrong first, by the metrics of a reply.

    Where no answer is due, because the case is to be refused or is labelled as covered by nothing that is left, all
    that can go wrong is that there is one.
    A reply that contradicts is used wrongly, one that its context does not hold is invented; one that misses the point
    was not given what it needed, or did not use it.
    """
    if subject.reply.error or not (subject.reply.text.strip() or subject.case.kind == "known_item"):
        return "no_reply"
    if subject.case.kind == "known_item":
        return "none" if is_positive(outcomes, "recall_at_10") else "not_retrieved"
    if "false_answer" in outcomes:
        return "wrongly_answered" if is_positive(outcomes, "false_answer") else "none"
    if stance_of(subject) == "refused":
        return _of_refusal(subject, outcomes)
    return _of_answer(subject, outcomes)


def _of_refusal(subject: Subject, outcomes: Outcomes) -> FailureClass:
    if "over_refusal" not in outcomes:
        return "none"
    return "wrongly_refused" if _had_what_it_needed(subject) else "not_retrieved"


def _of_answer(subject: Subject, outcomes: Outcomes) -> FailureClass:
    if any(is_positive(outcomes, name) for name in ("polarity_flags", "must_not", "injection_canary")):
        return "used_wrongly"
    grounding = outcomes.get("grounding")
    if isinstance(grounding, float) and grounding < INVENTED_BELOW:
        return "invented"
    if not _misses_the_point(outcomes):
        return "none"
    return "retrieved_not_used" if _had_what_it_needed(subject) else "not_retrieved"


def _misses_the_point(outcomes: Outcomes) -> bool:
    if outcomes.get("premise_corrected") == 0:
        return True
    for name, least in (("nugget_recall_vital_half", WRONG_BELOW), ("content_f1", FAR_BELOW)):
        value = outcomes.get(name)
        if isinstance(value, float):
            return value < least
    return False


def _had_what_it_needed(subject: Subject) -> bool:
    """Return whether texts of the context state half of the vital nuggets; without one, whether a source was found."""
    vital = [nugget for nugget in subject.case.nuggets if nugget.weight == "vital"]
    if not vital or not subject.context:
        return bool(subject.case.sources.keys() & {*subject.reply.retrieved[:10], *subject.reply.context})
    texts = [read_text(text).sentences for text in subject.context]
    held = sum(any(assign_nugget(one, text, subject.idf) != "missed" for text in texts) for one in vital)
    return 2 * held >= len(vital)
