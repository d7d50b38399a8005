"""Key facts of an entry: the few of its sentences that carry the answer to a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answering.relevance import Relevance
from rag.answering.statements import Statement, statements_in
from rag.answering.wording import says_little
from rag.grounding.words import Word
from rag.models import Query, ScoredPassage
from rag.retrieval import Postings
from rag.tutoring.sources import entry_words

MOST_FACTS: Final = 6
_LEAST_FACTS: Final = 3
_ENOUGH: Final = 0.85
"""Weight that a key fact has at least, beyond the first `_LEAST_FACTS`."""

_ANSWERS: Final = 1.2
_OPENS: Final = 0.75
_NAMES: Final = 0.75
_BEGINS: Final = 0.6
_GOES_ON: Final = 0.25
"""What a sentence weighs by its place: the one that answers first of all; the others of the opening paragraph; one that
says what a label names; the first below a heading or of a paragraph; any other."""

_ASKED: Final = 0.4
_NEAR: Final = 0.3
_ASIDE: Final = 0.4
_LITTLE: Final = 0.3
"""What a sentence gains by the share of the question that it speaks of, and by its section's cosine; what it loses as
an aside, or as praise. These and the places' weights were chosen by reading the facts of forty entries; most answers of
some 350 words have more than `MOST_FACTS` that weigh enough."""

_LIGHTEST: Final = 0.1
"""Weight of a fact that the least number needs and that weighs nothing."""

_LONGEST: Final = 60
"""Words of the longest key fact: a longer sentence is several."""

_IS_ASIDE = re.compile(
    r"\b(?:for example|for instance|nobel|discovered|worked example|textbooks?|named after|reported in|published|"
    r"proposed in|described|in (?:1[5-9]|20)\d\d|exceptions?|mislead|debated|one \*[A-Z])\b",
    re.IGNORECASE,
)
"""What tells of history, examples and how a thing is taught."""


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A sentence that carries the answer.

    Attributes:
        statement: with its place.
        weight: how much it counts beside the others, from about 0 to 2.
        words: as they are compared.
    """

    statement: Statement
    weight: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Return it verbatim."""
        return self.statement.text


def key_facts(query: Query, sections: Sequence[ScoredPassage], postings: Postings) -> tuple[KeyFact, ...]:
    """Return the sentences of an entry that carry its answer to a question, in the entry's order.

    What opens the answer, what defines, and what a label names come first; asides, and what cannot be read alone, last
    or not at all.

    Args:
        sections: of the entry, with their cosines to the question.
    """
    relevance = Relevance(query, postings)
    weighed = sorted(_weighed(sections, relevance), key=lambda pair: -pair[0])
    chosen: list[tuple[float, Statement]] = []
    for weight, statement in weighed:
        is_enough = len(chosen) < _LEAST_FACTS or weight >= _ENOUGH
        if is_enough and len(chosen) < MOST_FACTS and not any(_says(other, statement) for _, other in chosen):
            chosen.append((weight, statement))
    in_order = sorted(chosen, key=lambda pair: pair[1].span.start)
    return tuple(KeyFact(one, max(weight, _LIGHTEST), entry_words(one.text)) for weight, one in in_order)


def _weighed(sections: Sequence[ScoredPassage], relevance: Relevance) -> Iterator[tuple[float, Statement]]:
    before: Statement | None = None
    is_opening = True
    for statement, cosine in _statements_of(sections):
        goes_on = before is None or (before.passage.id, before.line) == (statement.passage.id, statement.line)
        is_opening = is_opening and goes_on
        place = _place(statement, before, is_opening=is_opening)
        before = statement
        if _can_stand(statement):
            yield _weight(place, statement, cosine, relevance), statement


def weighed_statements(query: Query, sections: Sequence[ScoredPassage], postings: Postings) -> list[KeyFact]:
    """Return all sentences of an entry that can be read alone, or after a name, weighed as its key facts are."""
    weighed = _weighed(sections, Relevance(query, postings))
    return [KeyFact(one, max(weight, _LIGHTEST), entry_words(one.text)) for weight, one in weighed]


def statements_of(sections: Sequence[ScoredPassage]) -> Iterator[Statement]:
    """Give the sentences of an entry that can be read alone, or after a name, in order."""
    return (statement for statement, _ in _statements_of(sections) if _can_stand(statement))


def _can_stand(statement: Statement) -> bool:
    return statement.stands_alone and not statement.sums_up and statement.words <= _LONGEST


def _statements_of(sections: Sequence[ScoredPassage]) -> Iterator[tuple[Statement, float]]:
    """Give the sentences of an entry that say something, in order, each with its section's cosine."""
    heading = ""
    for section in sorted(sections, key=lambda one: one.passage.start):
        begins = section.passage.section != heading
        heading = section.passage.section
        for statement in statements_in(section.passage, follows_heading=begins):
            yield statement, section.cosine


def _weight(place: float, statement: Statement, cosine: float, relevance: Relevance) -> float:
    weight = place + _ASKED * relevance.share(statement.terms | statement.head_terms) + _NEAR * cosine
    return weight - _ASIDE * bool(_IS_ASIDE.search(statement.plain)) - _LITTLE * says_little(statement.plain)


def _place(statement: Statement, before: Statement | None, *, is_opening: bool) -> float:
    """Return what a sentence weighs by where it stands; `before`: the one before it."""
    begins = before is None or (before.passage.id, before.line) != (statement.passage.id, statement.line)
    if statement.span.start == 0:
        return _ANSWERS
    if statement.is_item and statement.label is not None and begins:
        return _NAMES
    if is_opening:
        return _OPENS
    return _BEGINS if begins and not statement.is_item else _GOES_ON


def _says(one: Statement, other: Statement) -> bool:
    """Return whether a statement has all words of another."""
    return other.terms <= one.terms


def shares_of(facts: Sequence[KeyFact]) -> list[float]:
    """Return how much each fact counts, 1 together: what answers first counts more than what explains it."""
    squares = [fact.weight**2 for fact in facts]
    return [square / sum(squares) for square in squares]


Weigh = Callable[[str], float]
"""How telling a stem is: its inverse document frequency."""
