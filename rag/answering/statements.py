"""The sentences of the evidence that could stand in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.wording import is_generic, label_of, lacks_subject, leans_back, says_nothing, sums_up
from rag.models import Evidence, Passage, ScoredPassage, Span
from rag.passages import plain_text, split_sentences

_NUMBERED = re.compile(r"\s*\d{1,3}[.)]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an entry, with its place.

    Attributes:
        text: verbatim.
        plain: the text as plain words.
        stands_alone: whether it can be read without its antecedent.
        sums_up: whether it closes an answer ("In summary, ...") or goes on from such a sentence.
        antecedent: the sentence that its opening refers to, or the one with the label of its point; None where it
            has none or that one is not a statement.
        subject: what it is about where it does not say so itself: for a point below another point that point's label,
            for a sentence without a subject the heading; else None.
        line: number of its line in the section; sentences of one line belong together.
        is_step: whether it stands in a numbered list.
    """

    evidence: Evidence
    section: ScoredPassage
    span: Span
    text: str
    plain: str
    stands_alone: bool
    sums_up: bool
    antecedent: Statement | None
    subject: str | None
    line: int
    is_step: bool

    @property
    def can_lead(self) -> bool:
        """Return whether an answer can start with it."""
        return self.stands_alone and not self.sums_up

    @property
    def passage(self) -> Passage:
        """Return the section it stands in."""
        return self.section.passage


def statements_in(evidence: Evidence, section: ScoredPassage) -> list[Statement]:
    """Return the sentences of a section that say something on their own or after the one before; see `wording`."""
    statements: list[Statement] = []
    previous: Statement | None = None
    point: Statement | None = None
    line = -1
    for placed in _placed_sentences(section.passage):
        inner = placed.span
        text = section.passage.text[inner.start : inner.end]
        point = point if placed.line == line else None
        line = placed.line
        if says_nothing(text):
            previous = None
            continue
        leans = leans_back(text)
        previous = Statement(
            evidence=evidence,
            section=section,
            span=Span(section.passage.start + inner.start, section.passage.start + inner.end),
            text=text,
            plain=plain_text(text),
            stands_alone=not leans and point is None,
            sums_up=sums_up(text) or (leans and previous is not None and previous.sums_up),
            antecedent=previous if leans else point,
            subject=placed.above or (section.passage.section if lacks_subject(text) else None),
            line=placed.line,
            is_step=placed.is_step,
        )
        statements.append(previous)
        point = previous if label_of(text) else point
    return statements


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sentence with the number of its line, the label of the point it stands below, and whether it is a step."""

    span: Span
    line: int
    above: str | None
    is_step: bool


def _placed_sentences(passage: Passage) -> Iterator[_Placed]:
    labels: list[tuple[int, str]] = []
    end = line = indent = 0
    is_step = False
    for span in split_sentences(passage.text):
        starts_line = end == 0 or "\n" in passage.text[end : span.start]
        end = span.end
        if starts_line:
            line += 1
            line_start = passage.text.rfind("\n", 0, span.start) + 1
            marks = passage.text[line_start : span.start]
            is_step = bool(_NUMBERED.match(marks))
            indent = len(marks) - len(marks.lstrip())
            while labels and labels[-1][0] >= indent:
                labels.pop()
        yield _Placed(span, line, labels[-1][1] if labels else None, is_step)
        label = label_of(passage.text[span.start : span.end])
        if starts_line and label is not None and not is_generic(label):
            labels.append((indent, label))
