"""One reply scored: all metrics that apply, why some have no value, and what went wrong first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evals.models import Case, Reply, Scored
from evals.scoring.applying import FAMILIES, Family
from evals.scoring.failing import failure_of
from evals.scoring.numbers import numbers_from_nowhere
from evals.scoring.outcome import Outcome, Unscored, is_positive
from evals.scoring.polarity import opposed_pairs
from evals.scoring.premise import forbidden_in
from evals.scoring.refusal import stance_of
from evals.scoring.subject import Materials, Subject

_DECIMALS: Final = 6
_ERRED: Final = "system: gave no reply"
_EMPTY: Final = "system: gave an empty reply"


def score(case: Case, reply: Reply, materials: Materials) -> Scored:
    """Score a reply to a case; the same to the last digit whenever it is done again.

    Raises:
        ValueError: the reply is to another case.
    """
    if reply.case != case.url:
        raise ValueError(f"the reply is to {reply.case}, not to {case.url}")
    subject = Subject(case, reply, materials)
    outcomes = dict(sorted(_outcomes(subject)))
    return Scored(
        case=case.url,
        arm=reply.arm,
        repeat=reply.repeat,
        kind=case.kind,
        cluster=case.cluster,
        split=case.split,
        author=case.author,
        metrics={name: round(one, _DECIMALS) for name, one in outcomes.items() if not isinstance(one, Unscored)},
        unscored={name: one.reason for name, one in outcomes.items() if isinstance(one, Unscored)},
        flags=tuple(_flags(subject, outcomes)),
        failure=failure_of(subject, outcomes),
    )


def _outcomes(subject: Subject) -> Iterator[tuple[str, Outcome]]:
    for family in FAMILIES:
        if family.applies_to(subject.case, subject.reply.arm):
            if family.needs_answer and _refuses(subject):
                continue
            reason = _reason_unscored(subject, family)
            for name, outcome in family.score(subject).items():
                yield name, outcome if reason is None else Unscored(reason)


def _reason_unscored(subject: Subject, family: Family) -> str | None:
    """Return why none of a family's metrics has a value; None where they have."""
    if subject.reply.error:
        return _ERRED
    if family.name != "retrieval" and not subject.reply.text.strip():
        return _EMPTY
    return None


def _refuses(subject: Subject) -> bool:
    """Return whether a reply is a refusal, of which what is said of answers cannot be said."""
    return not subject.reply.error and bool(subject.reply.text.strip()) and stance_of(subject) == "refused"


def _flags(subject: Subject, outcomes: dict[str, Outcome]) -> Iterator[str]:
    """Give in words what is to be looked at, of metrics that have a value."""
    if is_positive(outcomes, "polarity_flags"):
        for one, other in opposed_pairs(subject.answer, subject.reference, subject.idf):
            yield f"polarity: {one} | {other}"
    if is_positive(outcomes, "numbers_unsupported"):
        yield from (f"number: {one}" for one in numbers_from_nowhere(subject))
    if is_positive(outcomes, "must_not"):
        yield from (f"must not: {one}" for one in forbidden_in(subject))
