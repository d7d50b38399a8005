"""What a question takes for granted and the entries contradict, with the sentence that shows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.answering.composer import candidates
from rag.answering.layout import lay_out
from rag.answering.presupposing import presupposed_by
from rag.answering.selection import Chosen, with_antecedents
from rag.answering.statements import Statement, statements_in
from rag.grounding import Refuter, SourceSentence
from rag.models import Evidence, Passage
from rag.passages import stem, terms_of, words_of

CORRECTION: Final = "The entries say otherwise than the question takes for granted:"
"""What an answer begins with that corrects its question; the entry's own sentence follows."""

_SECTIONS: Final = 2
_HOLDS: Final = 0.6
"""Sections of other entries that a statement is looked for in; the share of its words, by weight, that each holds."""


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
    statements = [statement for statement, _ in candidates(evidence)]
    statements += _elsewhere(presupposed, evidence, {one.passage.id for one in statements}, weigh)
    titles = {one.url: one.title for one in evidence}
    refuter = Refuter([_as_source(one, titles[one.passage.url]) for one in statements], weigh)
    for said in presupposed:
        verdict = refuter.refute(said)
        if verdict is not None:
            place = (verdict.passage, verdict.span)
            shown_by = next(one for one in statements if (one.passage, one.span) == place)
            return FalsePremise(said, with_antecedents(shown_by), refuter)
    return None


def _elsewhere(
    presupposed: Sequence[str], evidence: Sequence[Evidence], read: Collection[str], weigh: Callable[[str], float]
) -> list[Statement]:
    """Return the statements of the sections that hold most of the words of a statement, of those not read yet.

    What is asked may be answered by one entry, and what is taken for granted be told by another.
    """
    passages = [scored.passage for one in evidence for scored in one.sections if scored.passage.id not in read]
    texts = [f" {one.text.lower()} " for one in passages]
    kept: dict[str, Passage] = {}
    for said in presupposed:
        weights = {term: weigh(term) for term in terms_of(said)}
        held = [sum(weight for term, weight in weights.items() if f" {term}" in text) for text in texts]
        least = _HOLDS * sum(weights.values())
        best = sorted(range(len(passages)), key=lambda place: -held[place])[:_SECTIONS]
        kept |= {passages[place].id: passages[place] for place in best if held[place] >= least}
    return [one for passage in kept.values() for one in statements_in(passage, follows_heading=False)]


def _as_source(one: Statement, title: str) -> SourceSentence:
    label = _stems(one.label or "")
    known = label | _stems(title) | _stems(one.passage.section)
    return SourceSentence(one.passage, one.span, one.text, one.terms, label, known)


@lru_cache(maxsize=2_048)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(text)))
