"""A simpler answer: fewer and shorter sentences of the same evidence, and what its terms mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answering.answerer import curated_entry
from rag.answering.composer import Composer
from rag.answering.questions import kind_of, mentions_all, names_in
from rag.answering.selection import Chosen
from rag.answering.statements import Statement
from rag.answering.wording import defines
from rag.models import Evidence, Query, Search
from rag.retrieval import Retriever
from rag.tutoring.facts import statements_of, weighed_statements

LENGTHS: Final = {
    "fact": "one or two short sentences",
    "explanation": "three to six short sentences",
    "comparison": "three to six short sentences that set the two side by side",
}
"""What a language model is asked for."""

_SENTENCES: Final = 5
_OF_A_FACT: Final = 2
_SHORT: Final = 8
_LONG: Final = 0.1
_LONGEST: Final = 20
"""Most sentences; words up to which one is short, what each further word costs of a key fact's weight, and the most
words of one that is not the first. School books of the middle years have some 15 words a sentence; by
`make bench-tutoring` the starter corpus has 20."""

_LEADS: Final = 2.0
"""What the sentence that leads an answer weighs beside the others, where no entry was asked the very question."""

_LETTERS: Final = 6
"""Of a word that counts for one."""

_GLOSSES: Final = 2
_TERMS: Final = 6
_GLOSS_WORDS: Final = 28
"""Most terms that are explained, that are looked up, and most words of what explains one."""


@dataclass(frozen=True, slots=True)
class SimplerComposer:
    """Picks the short sentences that answer a question; implements `rag.answering.answerer.Composes`."""

    composer: Composer
    retriever: Retriever

    def compose(self, query: Query, evidence: Sequence[Evidence], parts: int = 1) -> list[Chosen]:
        """Return a few short statements in reading order, and after them what defines their terms."""
        own = curated_entry(query.question, Search(query, tuple(evidence)))
        if own is None:
            every = self.composer.compose(query, evidence, parts)
            plain = [one.statement for one in every if one.row is None and one.statement.can_lead]
            weighed = [(_LEADS if number == 0 else 1.0, statement) for number, statement in enumerate(plain)]
        else:
            facts = weighed_statements(query, own.sections, self.retriever.snapshot.postings)
            weighed = [(fact.weight, fact.statement) for fact in facts]
            every = [Chosen(statement) for statement in statements_of(own.sections)]
        chosen = _shortest(weighed, _OF_A_FACT if kind_of(query.question) == "fact" else _SENTENCES)
        if not chosen:
            return every
        chosen = _with_names(chosen, every, query)
        return [Chosen(one) for one in (*chosen, *self._glosses(chosen, query))]

    def _glosses(self, chosen: Sequence[Statement], query: Query) -> Iterator[Statement]:
        """Give what defines the terms of some statements that the question does not use, each once."""
        text = " ".join(one.plain for one in chosen)
        asked = {concept.wordings for concept in query.concepts}
        told = [one for one in self.retriever.reader.read(text).concepts if one.technical and one.wordings not in asked]
        given = 0
        for concept in sorted(told, key=lambda one: -len(one.written))[:_TERMS]:  # long words are the hard ones
            found = self._definition(concept.written)
            if found is not None and found.text not in {one.text for one in chosen}:
                given += 1
                yield found
            if given == _GLOSSES:
                return

    def _definition(self, term: str) -> Statement | None:
        """Return a short sentence of an entry that says what a term means."""
        question = f"What is {term}?"
        for one in self.retriever.search(question, limit=2).evidence:
            for statement in statements_of(one.sections):
                if defines(statement.plain, question) and statement.words <= _GLOSS_WORDS and statement.can_lead:
                    return statement
        return None


def _shortest(weighed: Sequence[tuple[float, Statement]], most: int) -> list[Statement]:
    """Return the statements that say most in fewest words, in the order given; the weightiest is one of them."""
    ranked = sorted(weighed, key=lambda pair: _LONG * max(0, _weighed_words(pair[1]) - _SHORT) - pair[0])
    lead = sorted(weighed, key=lambda pair: -pair[0])[:1]
    others = [pair for pair in ranked if pair not in lead and pair[1].words <= _LONGEST]
    kept = [*lead, *others[: most - 1]]
    return [statement for pair in weighed if pair in kept for statement in (pair[1],)]


def _weighed_words(statement: Statement) -> float:
    """Return how many words a statement has, a long one counting for as many as its letters fill."""
    return sum(max(1.0, len(word) / _LETTERS) for word in statement.plain.split())


def _with_names(chosen: list[Statement], every: Sequence[Chosen], query: Query) -> list[Statement]:
    """Return statements with the shortest one added for each name of the question that they lack."""
    for name in names_in(query.question):
        has = [one.statement for one in every if mentions_all(_told(one.statement), [name], query.concepts)]
        if has and not any(mentions_all(_told(one), [name], query.concepts) for one in chosen):
            chosen = [*chosen, min(has, key=lambda one: one.words)]
    return chosen


def _told(statement: Statement) -> str:
    return f"{statement.passage.section} {statement.text}"
