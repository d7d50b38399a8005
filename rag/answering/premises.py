"""What a question takes for granted and the entries contradict, with the sentence that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.composer import candidates
from rag.answering.presupposing import presupposed_by
from rag.answering.statements import Statement
from rag.grounding import Refuter, SourceSentence
from rag.models import Evidence
from rag.passages import stem, words_of


@dataclass(frozen=True, slots=True)
class FalsePremise:
    """A statement that a question takes for granted, and the sentence of an entry that contradicts it."""

    statement: str
    shown_by: Statement


def false_premise_in(
    question: str, evidence: Sequence[Evidence], weigh: Callable[[str], float]
) -> FalsePremise | None:
    """Return the first thing that a question takes for granted and a sentence of the evidence surely contradicts.

    Args:
        weigh: how telling a stem is: its inverse document frequency.
    """
    presupposed = presupposed_by(question)
    if not presupposed:
        return None
    titles = {one.url: one.title for one in evidence}
    statements = [statement for statement, _ in candidates(evidence)]
    refuter = Refuter([_as_source(one, titles[one.passage.url]) for one in statements], weigh)
    for said in presupposed:
        verdict = refuter.refute(said)
        if verdict is not None:
            shown_by = next(one for one in statements if one.passage == verdict.passage and one.span == verdict.span)
            return FalsePremise(said, shown_by)
    return None


def _as_source(one: Statement, title: str) -> SourceSentence:
    label = _stems(one.label or "")
    known = label | _stems(title) | _stems(one.passage.section)
    return SourceSentence(one.passage, one.span, one.text, one.terms, label, known)


@lru_cache(maxsize=2_048)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(text)))
