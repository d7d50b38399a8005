"""How much of a reply stands in the text that it was made from."""

from __future__ import annotations

import math

from evals.scoring.idf import Idf
from evals.scoring.outcome import Outcome, Outcomes, Unscored
from evals.scoring.subject import Subject
from evals.scoring.windows import greatest_cosine


def knowledge_precision(said: frozenset[str], question: frozenset[str], context: frozenset[str], idf: Idf) -> float:
    """Return the share by weight of what is said beyond the question that the context holds; 1 of nothing."""
    own = said - question
    return idf.total(own & context) / idf.total(own) if own else 1.0


def score_grounding(subject: Subject) -> Outcomes:
    """Return the grounding of the whole reply, and of the sentence that has the least."""
    names = ("grounding", "grounding_min")
    if not subject.context:
        return dict.fromkeys(names, Unscored("system: names no context"))
    if not subject.answer.tokens - subject.question:
        return dict.fromkeys(names, Unscored("system: says nothing beyond the question"))
    texts = [subject.answer.tokens, *(one.tokens for one in subject.answer.sentences if one.is_claim)]
    whole, *each = (knowledge_precision(one, subject.question, subject.context_tokens, subject.idf) for one in texts)
    least: Outcome = min(each) if each else Unscored("system: claims nothing")
    return {"grounding": whole, "grounding_min": least}


def score_sent_support(subject: Subject) -> Outcomes:
    """Return the mean over claims of the greatest cosine to one or two sentences of the context."""
    return {"sent_support": _sent_support(subject)}


def _sent_support(subject: Subject) -> Outcome:
    claims = [one for one in subject.answer.sentences if one.is_claim]
    if subject.materials.embed is None:
        return Unscored("harness: no embedder")
    if not claims:
        return Unscored("system: claims nothing")
    if not subject.context:
        return Unscored("system: names no context")
    return math.fsum(greatest_cosine(one, subject.context, subject.materials) for one in claims) / len(claims)
