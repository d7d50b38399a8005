"""What a question takes for granted and the entries contradict, with the sentence that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.answering.composer import candidates
from rag.answering.layout import lay_out
from rag.answering.presupposing import presupposed_by
from rag.answering.selection import Chosen, with_antecedents
from rag.answering.statements import Statement
from rag.grounding import Refuter, SourceSentence
from rag.models import Evidence
from rag.passages import stem, words_of

CORRECTION: Final = "The entries say otherwise than the question takes for granted:"
"""What an answer begins with that corrects its question; the entry's own sentence follows."""


@dataclass(frozen=True, slots=True)
class FalsePremise:
    """What a question takes for granted and an entry contradicts.

    Attributes:
        statement: in the question's own words.
        shown: the sentence of an entry that contradicts it, after those that it cannot be read without.
        refuter: that found it.
    """

    statement: str
    shown: Sequence[Statement]
    refuter: Refuter

    @property
    def chosen(self) -> list[Chosen]:
        """Return the sentences that correct it, as an answer holds them."""
        return [Chosen(one) for one in self.shown]

    @property
    def text(self) -> str:
        """Return how an answer begins that corrects it."""
        return f"{CORRECTION}\n\n{lay_out(self.chosen)}"

    def is_repeated_by(self, text: str) -> bool:
        """Return whether a sentence of a model says it, or something else that an entry contradicts as surely."""
        return self.refuter.refute(text.strip(" .")) is not None


def false_premise_in(question: str, evidence: Sequence[Evidence], weigh: Callable[[str], float]) -> FalsePremise | None:
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
            place = (verdict.passage, verdict.span)
            shown_by = next(one for one in statements if (one.passage, one.span) == place)
            return FalsePremise(said, with_antecedents(shown_by), refuter)
    return None


def _as_source(one: Statement, title: str) -> SourceSentence:
    label = _stems(one.label or "")
    known = label | _stems(title) | _stems(one.passage.section)
    return SourceSentence(one.passage, one.span, one.text, one.terms, label, known)


@lru_cache(maxsize=2_048)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(text)))
