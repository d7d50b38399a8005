"""The composer: an answer of curated sentences only, chosen, ordered and cited without a language model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.comparing import compare, sides_with_marks
from rag.answering.lines import Line, Weighed, lines_of
from rag.answering.questions import Length, kind_of, length_for, sides_of
from rag.answering.relevance import Relevance, Source
from rag.answering.selection import Chosen, Selection, with_antecedents
from rag.answering.statements import Statement, statements_in
from rag.models import Evidence, Query
from rag.passages import plain_text
from rag.ports import Embedder
from rag.retrieval import Postings

_ENTRIES = 3
_SECTIONS_OF_OTHERS = 3
"""How many of the nearest sections of an entry that is not the best are read; of the best entry all are."""

_SCORE_MARGIN = 0.12
"""Entries whose score is this much below the best one's are left out."""

_HELPS, _HELPS_FROM_ANOTHER = 0.6, 0.75
_FILLS, _FILLS_FROM_ANOTHER = 0.2, 0.6
_MOST_RELEVANCE = 1.2
"""Shares of the lead's relevance, of which no more than `_MOST_RELEVANCE` counts, that a line of its entry, or of
another, must have: to help, and to make a short explanation long enough."""

_OPENING_WORDS = 45
"""A longer first sentence of an entry is not taken to introduce a point of its list."""

_MOST_COVERING = 3
"""Most lines that are added for what the question names and the lead does not."""

_READ = 4
_MEANING_WEIGHT = 1.0
"""For a fact, the best few statements by their words are embedded, and their cosine to the question counts; see
decision 8 for what reading none or more of them gives."""

_ADDS = 0.15
_AS_GOOD = 0.9
"""What is added covers this share more of what the question is about; a second sentence of a fact may instead be about
as relevant as the first."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Picks the sentences that answer a question."""

    embedder: Embedder
    postings: Postings

    def compose(self, query: Query, evidence: Sequence[Evidence], parts: int = 1) -> list[Chosen]:
        """Return the statements of an answer in reading order: the one that answers best, then what explains it.

        None is included whose opening refers to a sentence that was left out, unless it can be read after a name. Empty
        where no sentence can lead.

        Args:
            parts: of the question as it was asked, which share the length of its answer; `query` is one of them.
        """
        relevance = Relevance(query, self.postings)
        weighed = [Weighed(one, source, relevance.of(one, source)) for one, source in candidates(evidence)]
        kind = kind_of(query.question)
        length = length_for(kind).shared_by(parts)
        if kind == "fact":
            return _fact(self._read_again(query, weighed), relevance, length)
        lines = lines_of(weighed)
        sides = sides_of(query.text)
        compared = compare(lines, sides_with_marks(sides, self.postings), length) if sides else []
        return compared or _explanation(lines, relevance, length)

    def _read_again(self, query: Query, weighed: Sequence[Weighed]) -> list[Weighed]:
        """Return the statements with what the best few mean added to how they are weighed."""
        best = sorted(weighed, key=lambda one: -one.relevance)[:_READ]
        vectors = self.embedder.embed([plain_text(query.text), *(one.statement.plain for one in best)])
        cosines = vectors[1:] @ vectors[0]
        added = {id(one): _MEANING_WEIGHT * float(cosine) for one, cosine in zip(best, cosines, strict=True)}
        return [replace(one, relevance=one.relevance + added.get(id(one), 0.0)) for one in weighed]


def candidates(evidence: Sequence[Evidence]) -> Iterator[tuple[Statement, Source]]:
    """Give the statements of the nearest sections of the best entries, by entry and place."""
    for one in evidence[:_ENTRIES]:
        if one.score < evidence[0].score - _SCORE_MARGIN:
            return
        in_order = sorted(one.sections, key=lambda section: section.passage.start)
        nearest = {section.passage.id for section in one.sections[: None if one.rank == 1 else _SECTIONS_OF_OTHERS]}
        heading = ""
        for section in in_order:
            begins = section.passage.section != heading
            heading = section.passage.section
            if section.passage.id in nearest:
                for statement in statements_in(section.passage, follows_heading=begins):
                    yield statement, Source(one.rank, section.cosine)


def _fact(weighed: Sequence[Weighed], relevance: Relevance, length: Length) -> list[Chosen]:
    """Return the sentence that tells best what was asked, and at most two that add to it."""
    selection = Selection(length)
    by_relevance = sorted(weighed, key=lambda one: -one.relevance)
    lead = next((one for one in by_relevance if _can_follow_antecedents(one.statement, length)), None)
    if lead is None:
        return []
    selection.add(with_antecedents(lead.statement))
    selection.add(_rest_of_line(weighed, lead))
    told = {term for one in selection.chosen() for term in one.statement.terms}
    for one in by_relevance:
        adds = relevance.share(told | one.statement.terms) - relevance.share(told)
        is_as_good = one.relevance >= _AS_GOOD * lead.relevance and one.source.rank == lead.source.rank
        if one.statement.stands_alone and not one.statement.sums_up and (adds >= _ADDS or is_as_good):
            selection.add([one.statement])
            told |= one.statement.terms
    return _in_reading_order(selection.chosen(), lead.statement, _ranks(weighed))


def _rest_of_line(weighed: Sequence[Weighed], lead: Weighed) -> list[Statement]:
    """Return the statement that goes on from the lead on its line, if there is one: half of the answer may be in it."""
    own = lead.statement
    later = (one.statement for one in weighed if one.statement.span.start > own.span.start)
    return [one for one in later if one.passage.id == own.passage.id and one.line == own.line][:1]


def _can_follow_antecedents(statement: Statement, length: Length) -> bool:
    run = with_antecedents(statement)
    return run[0].can_lead and len(run) < length.sentences


def _explanation(lines: Sequence[Line], relevance: Relevance, length: Length) -> list[Chosen]:
    """Return the line that answers best, with others that help to explain while they fit."""
    by_relevance = sorted(lines, key=lambda one: -one.relevance)
    lead = next((one for one in by_relevance if one.first.can_lead), None)
    if lead is None:
        return []
    selection = Selection(length)
    if lead.first.is_item:
        selection.add(_introduction(lines, lead))
    selection.add(lead.run)
    _cover(lines, relevance, selection)
    for least_own, least_other, enough in (
        (_HELPS, _HELPS_FROM_ANOTHER, length.words),
        (_FILLS, _FILLS_FROM_ANOTHER, length.least_words),
    ):
        for line in by_relevance:
            is_own = line.source.rank == lead.source.rank
            helps = line.relevance >= min(lead.relevance, _MOST_RELEVANCE) * (least_own if is_own else least_other)
            if helps and (is_own or not line.first.sums_up) and selection.words < enough:
                selection.add(line.run)
    ranks = {line.first.passage.url: line.source.rank for line in lines}
    return _in_reading_order(selection.chosen(), lead.first, ranks)


def _cover(lines: Sequence[Line], relevance: Relevance, selection: Selection) -> None:
    """Add the lines that tell of what the question names and the answer does not yet, most telling first."""
    for _ in range(_MOST_COVERING):
        told = selection.terms
        adding = [(relevance.share(told | line.terms) - relevance.share(told), line) for line in lines]
        adds, line = max(adding, key=lambda pair: (pair[0], pair[1].relevance), default=(0.0, lines[0]))
        if adds < _ADDS or not selection.add(line.run):
            return


def _introduction(lines: Sequence[Line], lead: Line) -> list[Statement]:
    """Return the sentence that opens the entry of a point, if it can open an answer."""
    openings = (
        line.first
        for line in lines
        if line.first.passage.url == lead.first.passage.url and line.first.span.start == 0 and not line.first.is_item
    )
    return [one for one in openings if one.can_lead and one.words <= _OPENING_WORDS]


def _ranks(weighed: Sequence[Weighed]) -> dict[str, int]:
    return {one.statement.passage.url: one.source.rank for one in weighed}


def _in_reading_order(chosen: Sequence[Chosen], lead: Statement, ranks: Mapping[str, int]) -> list[Chosen]:
    """Return the lead's section, then the others by entry and place, those that sum up last.

    Within a section nothing is moved, and a lead that is a point of a list stays in its entry's order.
    """

    def place(one: Chosen) -> tuple[bool, bool, bool, int, int]:
        statement = one.statement
        with_lead = statement.passage.id == lead.passage.id and not lead.is_item
        of_lead = statement.passage.url == lead.passage.url
        return statement.sums_up, not with_lead, not of_lead, ranks[statement.passage.url], statement.span.start

    return sorted(chosen, key=place)
