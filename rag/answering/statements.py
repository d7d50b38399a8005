"""The sentences of the evidence that could stand in an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.models import Evidence, Passage, ScoredPassage, Span
from rag.passages import plain_text, split_sentences

_LEAST_WORDS = 5
_NO_STATEMENT = re.compile(r"\||\$\$|```|!\[|---")
_LEADS_ON = re.compile(r"[:;,]\**$")
_ABOUT_THE_ANSWER = re.compile(
    r"\b(?:here(?:['’]s| is| are)|(?:as|the) follow(?:s|ing)\b.{0,40}(?:points?|steps?|overview|breakdown|ways)|"
    r"gathered information|let['’]s|as (?:mentioned|noted|discussed|described|shown) (?:above|earlier|below)|"
    r"see (?:above|below))",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"\W*(?:this|these|those|that|such|it|its|they|their|he|she|his|her|both|each of|one of|another|"
    r"the (?:former|latter|same|other|second|next|resulting|above)|however|therefore|thus|hence|moreover|furthermore|"
    r"additionally|in addition|also|then|finally|similarly|conversely|instead|as a result|consequently|"
    r"for (?:example|instance)|in contrast|on the other hand|and|but|or|so|because of this|first|second|secondly|third|"
    r"thirdly|next|here|there(?:fore| is| are)?)\b",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(
    r"\W*(?:in (?:summary|conclusion|essence|short)|overall|to summari[sz]e|to conclude),?\s+", re.IGNORECASE
)


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
    """

    evidence: Evidence
    section: ScoredPassage
    span: Span
    text: str
    plain: str
    stands_alone: bool
    sums_up: bool
    antecedent: Statement | None

    @property
    def can_lead(self) -> bool:
        """Return whether an answer can start with it."""
        return self.stands_alone and not self.sums_up

    @property
    def passage(self) -> Passage:
        """Return the section it stands in."""
        return self.section.passage


def statements_in(evidence: Evidence, section: ScoredPassage) -> list[Statement]:
    """Return the sentences of a section that say something on their own or after the one before.

    Left out: fragments, tables and formulas, labels and lines that only introduce a list, and talk about the answer.
    """
    text = section.passage.text
    statements: list[Statement] = []
    previous: Statement | None = None
    label: Statement | None = None
    line_start = 0
    for inner in split_sentences(text):
        starts_line = "\n" in text[line_start : inner.start] or inner.start == 0 or not statements
        line_start = inner.end
        words = text[inner.start : inner.end]
        has_label = words.startswith("**")
        label = None if starts_line else label
        if len(plain_text(words).split()) < _LEAST_WORDS or _says_nothing(words):
            previous = None
            continue
        leans = not has_label and bool(_LEANS_BACK.match(plain_text(words)))
        statement = Statement(
            evidence=evidence,
            section=section,
            span=Span(section.passage.start + inner.start, section.passage.start + inner.end),
            text=words,
            plain=plain_text(words),
            stands_alone=not leans and label is None,
            sums_up=bool(_SUMS_UP.match(words)) or (leans and previous is not None and previous.sums_up),
            antecedent=previous if leans else label,
        )
        statements.append(statement)
        previous = statement
        label = statement if has_label else label
    return statements


def _says_nothing(text: str) -> bool:
    return text.endswith("?") or any(pattern.search(text) for pattern in (_NO_STATEMENT, _LEADS_ON, _ABOUT_THE_ANSWER))
