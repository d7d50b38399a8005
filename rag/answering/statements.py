"""The sentences of the evidence that could stand in an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.wording import label_of, lacks_subject, leans_back, says_nothing, sums_up
from rag.models import Evidence, Passage, ScoredPassage, Span
from rag.passages import plain_text, split_sentences


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
        subject: the heading or label above it, where the sentence itself does not say what it is about; else None.
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
    for inner, starts_line, heading in _placed_sentences(section.passage):
        text = section.passage.text[inner.start : inner.end]
        point = None if starts_line else point
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
            subject=heading if lacks_subject(text) else None,
        )
        statements.append(previous)
        point = previous if label_of(text) else point
    return statements


def _placed_sentences(passage: Passage) -> Iterator[tuple[Span, bool, str]]:
    """Give each sentence, whether it starts a line, and what it stands under: the label of a point, or the heading."""
    labels: list[tuple[int, str]] = []
    end = indent = 0
    for span in split_sentences(passage.text):
        starts_line = end == 0 or "\n" in passage.text[end : span.start]
        end = span.end
        if starts_line:
            indent = span.start - (passage.text.rfind("\n", 0, span.start) + 1)
            while labels and labels[-1][0] >= indent:
                labels.pop()
        heading = labels[-1][1] if labels else passage.section
        yield span, starts_line, heading
        label = label_of(passage.text[span.start : span.end])
        if starts_line and label is not None:
            labels.append((indent, label))
