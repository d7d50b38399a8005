"""The sentences of the evidence that could stand in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.wording import (
    closes,
    is_generic,
    label_of,
    lacks_subject,
    leans_back,
    name_of_reference,
    refers,
    says_nothing,
    sums_up,
)
from rag.models import Passage, Span
from rag.passages import plain_text, split_sentences, terms_of

_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s")
_NUMBER = re.compile(r"^(?:\d{1,3}|[A-Za-z])[.)]\s+")
_REMEMBERED = 1_024
"""Sections whose statements are kept for the next question that finds them; about 5 KB each."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A sentence of an entry, with its place.

    Attributes:
        text: verbatim.
        plain: the text as plain words; `terms`: their stems; `words`: how many words they are.
        label: bold label that it starts with.
        head: what it stands under: the label of the point above its own, else the heading; None where there is neither,
            or that names no thing ("Overview"); `head_terms`: its stems.
        refers: whether its opening needs something said before it; `leans`: right before it.
        antecedent: the statement that its opening refers to, or the one with the label of its point.
        name: what its opening refers to, or what it is about where it does not say so: to be shown where the antecedent
            does not stand right before it. None where nothing needs a name, or there is doubt.
        sums_up: whether it closes an answer ("In summary, ...") or goes on from such a sentence.
        line: number of its line in the section; sentences of one line belong together.
        is_item: whether it stands in a list.
    """

    passage: Passage
    span: Span
    text: str
    plain: str
    terms: frozenset[str]
    words: int
    label: str | None
    head: str | None
    head_terms: frozenset[str]
    refers: bool
    leans: bool
    antecedent: Statement | None
    name: str | None
    sums_up: bool
    line: int
    is_item: bool

    @property
    def place(self) -> tuple[str, int]:
        """Return what tells it from every other statement."""
        return self.passage.id, self.span.start

    @property
    def stands_alone(self) -> bool:
        """Return whether it can be read without its antecedent, by itself or after its name."""
        return not self.refers or self.name is not None

    @property
    def can_lead(self) -> bool:
        """Return whether an answer can start with it."""
        return self.stands_alone and not self.sums_up

    def follows(self, before: Sequence[Statement]) -> bool:
        """Return whether its opening refers to the last of the statements before it, or to the label of their line."""
        if self.antecedent is None or not before:
            return False
        if self.leans:
            return self.antecedent.place == before[-1].place
        own_line = (one for one in before if (one.passage.id, one.line) == (self.passage.id, self.line))
        return self.antecedent.place in {one.place for one in own_line}


@lru_cache(maxsize=_REMEMBERED)
def statements_in(passage: Passage, *, follows_heading: bool) -> tuple[Statement, ...]:
    """Return the sentences of a section that say something on their own, after the one before, or after a name.

    Args:
        follows_heading: whether the section's heading stands right above it, so that its first words may refer to that.
    """
    statements: list[Statement] = []
    heading = _heading(passage)
    previous: Statement | None = None
    point: Statement | None = None
    line = -1
    for number, placed in enumerate(_placed_sentences(passage)):
        text = passage.text[placed.span.start : placed.span.end]
        point = point if placed.line == line else None
        line = placed.line
        right_above = heading if number == 0 and follows_heading else None
        statement = _statement(passage, placed, heading, right_above, previous, point)
        if says_nothing(text) or not (statement.stands_alone or statement.antecedent):
            previous = None
            continue
        statements.append(statement)
        previous = statement
        point = statement if statement.label else point
    return tuple(statements)


def _statement(  # noqa: PLR0913, PLR0917 all that a sentence is read by
    passage: Passage,
    placed: _Placed,
    heading: str | None,
    right_above: str | None,
    previous: Statement | None,
    point: Statement | None,
) -> Statement:
    text = passage.text[placed.span.start : placed.span.end]
    plain, label, head = plain_text(text), label_of(text), placed.above or heading
    leans = leans_back(text)
    needs_head = lacks_subject(text) or (label is not None and is_generic(label) and refers(text))
    antecedent = previous if leans else point
    name = head if needs_head else None
    if leans and refers(text):
        name = name_of_reference(previous.plain, plain) if previous else right_above
    elif not leans and point is not None:
        name = point.label if point.label and not is_generic(point.label) else head
    return Statement(
        passage=passage,
        span=Span(passage.start + placed.span.start, passage.start + placed.span.end),
        text=text,
        plain=plain,
        terms=frozenset(terms_of(plain)),
        words=len(text.split()),
        label=label,
        head=head,
        head_terms=frozenset(terms_of(head or "")),
        refers=leans or needs_head or point is not None,
        leans=leans,
        antecedent=antecedent,
        name=name,
        sums_up=sums_up(text) or closes(passage.section) or _goes_on_summing_up(previous, placed.line, leans=leans),
        line=placed.line,
        is_item=placed.is_item,
    )


def _goes_on_summing_up(previous: Statement | None, line: int, *, leans: bool) -> bool:
    return previous is not None and previous.sums_up and (leans or previous.line == line)


def _heading(passage: Passage) -> str | None:
    """Return the heading above a section; a section without one is named by its first label, which is no heading."""
    heading = _NUMBER.sub("", plain_text(passage.section)).strip(" :.")
    labels = {plain_text(found).strip(" :.") for found in re.findall(r"\*\*([^*\n]{1,80}?):?\*\*", passage.text)}
    return None if not heading or heading in labels or is_generic(heading) or closes(heading) else heading


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sentence with the number of its line, the label of the point it stands below, and whether it is in a list."""

    span: Span
    line: int
    above: str | None
    is_item: bool


def _placed_sentences(passage: Passage) -> Iterator[_Placed]:
    labels: list[tuple[int, str]] = []
    end = line = indent = 0
    is_item = False
    for span in split_sentences(passage.text):
        starts_line = end == 0 or "\n" in passage.text[end : span.start]
        end = span.end
        if starts_line:
            line += 1
            line_start = passage.text.rfind("\n", 0, span.start) + 1
            marks = passage.text[line_start : span.start]
            is_item = bool(_ITEM.match(marks))
            indent = len(marks) - len(marks.lstrip())
            while labels and labels[-1][0] >= indent:
                labels.pop()
        yield _Placed(span, line, labels[-1][1] if labels else None, is_item)
        label = label_of(passage.text[span.start : span.end])
        if starts_line and label is not None and not is_generic(label):
            labels.append((indent, plain_text(label)))
