"""The composer: an answer of curated sentences only, chosen, ordered and cited without a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.answering.questions import Length, length_for
from rag.answering.statements import Statement, statements_in
from rag.answering.wording import defines, facts_in
from rag.models import Evidence
from rag.passages import plain_text, terms_of
from rag.ports import Embedder, Vectors
from rag.retrieval import Postings

_ENTRIES = 3
_SECTIONS = 6
"""How many of the best sections of the best entries are read for sentences."""

_SCORE_MARGIN = 0.12
"""Entries whose score is this much below the best one's are left out."""

_TERMS_WEIGHT = 0.35
_SECTION_WEIGHT = 0.25
_OPENING_BONUS = 0.08
_FIRST_ENTRY_BONUS = 0.1
_DEFINITION_BONUS = 0.15

_SAME = 0.88
"""Sentences of two entries with a cosine above this say the same, if their numbers and negations are the same."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A statement of the answer, and those that say the same and are cited with it."""

    statement: Statement
    same: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Composer:
    """Picks the sentences that answer a question."""

    embedder: Embedder
    postings: Postings

    def compose(self, question: str, evidence: Sequence[Evidence]) -> list[Chosen]:
        """Return the statements of an answer in reading order: the one that answers best, then what explains it.

        None is included whose opening refers to a sentence that was left out. Empty where no sentence can lead.
        """
        statements = _candidates(question, evidence)
        if not statements:
            return []
        vectors = self.embedder.embed([plain_text(question), *(statement.plain for statement in statements)])
        cosines = vectors[1:] @ vectors[0]
        weights = self._weights(question)
        selection = _Selection(statements, vectors[1:], length_for(question))
        selection.fill(_relevance(question, statements, cosines, weights))
        return _in_reading_order(selection.chosen())

    def _weights(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each of the question's terms that some entry holds."""
        terms = sorted(set(terms_of(question)))
        return {term: self.postings.weight(term) for term in terms if self.postings.knows(term)}


def _relevance(
    question: str, statements: Sequence[Statement], cosines: Vectors, weights: Mapping[str, float]
) -> Vectors:
    """Return how much each statement helps to answer: its meaning, its words, its section, and where it stands.

    What an entry says first answers its question, the best entry answers best, and what defines the thing asked about
    answers "what is".
    """
    whole = sum(weights.values()) or 1.0
    held = [set(terms_of(statement.plain)) for statement in statements]
    shares = np.array([sum(weight for term, weight in weights.items() if term in own) / whole for own in held])
    sections = np.array([statement.section.cosine for statement in statements])
    opens = np.array([statement.span.start == 0 for statement in statements])
    of_first = np.array([statement.evidence.rank == 1 for statement in statements])
    says_what = np.array([defines(statement.text, question) for statement in statements])
    relevance = cosines + _TERMS_WEIGHT * shares + _SECTION_WEIGHT * sections
    bonus = _OPENING_BONUS * opens + _FIRST_ENTRY_BONUS * of_first + _DEFINITION_BONUS * says_what
    return (relevance + bonus).astype(np.float32)


def _candidates(question: str, evidence: Sequence[Evidence]) -> list[Statement]:
    """Return the sentences of the best sections; one that is about its heading only where the question names that."""
    kept = [one for one in evidence[:_ENTRIES] if one.score >= evidence[0].score - _SCORE_MARGIN]
    pairs = [(one, section) for one in kept for section in one.sections]
    pairs.sort(key=lambda pair: -pair[1].cosine)
    asked = set(terms_of(question))
    statements = [statement for one, section in pairs[:_SECTIONS] for statement in statements_in(one, section)]
    return [s for s in statements if s.subject is None or asked & set(terms_of(s.subject))]


class _Selection:
    """Statements chosen so far, within a length, none saying what another says."""

    def __init__(self, statements: Sequence[Statement], vectors: Vectors, length: Length) -> None:
        self._statements = statements
        self._likeness = vectors @ vectors.T
        self._length = length
        self._words = 0
        self._places: dict[int, list[Statement]] = {}

    def fill(self, relevance: Vectors) -> None:
        """Choose the best statement that can lead, then others by relevance while they help and fit."""
        order = [int(place) for place in np.argsort(-relevance, kind="stable")]
        lead = next((place for place in order if self._statements[place].can_lead), None)
        if lead is None:
            return
        self._add([lead])
        for place in order:
            if relevance[place] < relevance[lead] * self._length.least_relevance:
                break
            self._consider(place)

    def chosen(self) -> list[Chosen]:
        """Return what was chosen, the lead first."""
        return [Chosen(self._statements[place], tuple(same)) for place, same in self._places.items()]

    def _consider(self, place: int) -> None:
        if place in self._places:
            return
        twin = self._twin(place)
        if twin is not None:
            self._places[twin].append(self._statements[place])
            return
        group = self._with_antecedents(place)
        repeats = any(self._twin(member) is not None for member in group)
        if group and not repeats and self._fits(group) and not self._sums_up_again(group):
            self._add(group)

    def _twin(self, place: int) -> int | None:
        """Return the chosen statement that says the same, if there is one."""
        return next((other for other in self._places if self._say_the_same(place, other)), None)

    def _say_the_same(self, place: int, other: int) -> bool:
        """Return whether statements of two entries say the same: alike in meaning, equal in numbers and negations."""
        one, two = self._statements[place], self._statements[other]
        return (
            one.passage.url != two.passage.url
            and self._likeness[place, other] > _SAME
            and facts_in(one.plain) == facts_in(two.plain)
        )

    def _with_antecedents(self, place: int) -> list[int]:
        """Return a statement after those it cannot be read without; none where such a one is not a statement."""
        group = [place]
        while not self._statements[group[0]].stands_alone:
            before = self._statements[group[0]].antecedent
            if before is None or before not in self._statements:
                return []
            group.insert(0, self._statements.index(before))
        return [place for place in group if place not in self._places]

    def _sums_up_again(self, group: Sequence[int]) -> bool:
        """Return whether the group holds a summary that did not come with the one already chosen."""
        own = any(self._statements[place].sums_up for place in group)
        return own and any(self._statements[place].sums_up for place in self._places)

    def _fits(self, group: Sequence[int]) -> bool:
        words = sum(len(self._statements[place].plain.split()) for place in group)
        fits_sentences = len(self._places) + len(group) <= self._length.sentences
        return fits_sentences and self._words + words <= self._length.words

    def _add(self, group: Sequence[int]) -> None:
        self._words += sum(len(self._statements[place].plain.split()) for place in group)
        self._places.update((place, []) for place in group)


def _in_reading_order(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Return the lead's section, then the others by entry and place, those that sum up last.

    Within a section nothing is moved, and a lead that is a step of a list stays in its entry's order.
    """
    if not chosen:
        return []
    lead = chosen[0].statement
    summing_up = {one.statement.passage.id for one in chosen if one.statement.sums_up} - {lead.passage.id}

    def place(one: Chosen) -> tuple[bool, bool, bool, int, int]:
        statement = one.statement
        with_lead = statement.passage.id == lead.passage.id and not lead.is_step
        of_lead = statement.passage.url == lead.passage.url
        closes = statement.passage.id in summing_up
        return closes, not with_lead, not of_lead, statement.evidence.rank, statement.span.start

    return sorted(chosen, key=place)
