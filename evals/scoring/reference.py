"""How much of the reference's content a reply holds: the headline against a reference."""

from __future__ import annotations

from evals.scoring.idf import Idf
from evals.scoring.outcome import Outcomes, Unscored
from evals.scoring.subject import Subject
from evals.scoring.text import tokens_of

_NAMES = ("content_f1", "content_precision", "content_completeness")


def content_overlap(
    answer: frozenset[str], reference: frozenset[str], question: frozenset[str], idf: Idf
) -> tuple[float, float, float] | None:
    """Return F1, precision and completeness by weight, the question's own words left out of both.

    None where the reference says nothing beyond the question. An answer that says nothing beyond it scores 0.
    """
    wanted, said = reference - question, answer - question
    if not wanted:
        return None
    if not said:
        return 0.0, 0.0, 0.0
    shared = idf.total(wanted & said)
    precision, completeness = shared / idf.total(said), shared / idf.total(wanted)
    return (2 * precision * completeness / (precision + completeness) if shared else 0.0), precision, completeness


def content_f1(answer: str, reference: str, question: str, idf: Idf) -> float | None:
    """Return the content F1 of two texts; None where the reference says nothing beyond the question."""
    found = content_overlap(tokens_of(answer), tokens_of(reference), tokens_of(question), idf)
    return None if found is None else found[0]


def score_reference(subject: Subject) -> Outcomes:
    """Return content F1 with its precision and completeness, and F1 from the floor of the nearest entry up."""
    found = content_overlap(subject.answer.tokens, subject.reference.tokens, subject.question, subject.idf)
    if found is None:
        return dict.fromkeys(_NAMES, Unscored("case: the reference says nothing beyond the question"))
    floor = subject.materials.floors.get((subject.case.url, subject.reply.arm))
    rescaled = {} if floor is None or floor >= 1 else {"content_f1_rescaled": (found[0] - floor) / (1 - floor)}
    return {**dict(zip(_NAMES, found, strict=True)), **rescaled}
