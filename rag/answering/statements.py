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
    r"\b(?:here(?:['’]s| is| are)|(?:as|the) follow(?:s|ing)\b.{0,40}(?:points?|steps?|overview|breakdown|ways)|gathered information|"
    r"let['’]s|as (?:mentioned|noted|discussed|described|shown) (?:above|earlier|below)|see (?:above|below))",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"\W*(?:this|these|those|that|such|it|its|they|their|he|she|his|her|both|each of|one of|another|the (?:former|latter|same|other|"
    r"second|next|resulting|above)|however|therefore|thus|hence|moreover|furthermore|additionally|in addition|also|then|"
    r"finally|similarly|conversely|instead|as a result|consequently|for (?:example|instance)|in contrast|on the other hand|"
    r"and|but|or|so|because of this|first|second|secondly|third|thirdly|next|here|there(?:fore| is| are)?)\b",
    re.IGNORECASE,
)
_SUMS_UP = re.compile(r"\W*(?:in (?:summary|conclusion|essence|short)|overall|to summari[sz]e|to conclude),?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an entry, with its place.

    Attributes:
        text: verbatim.
        plain: the text as plain words.
        leans_back: whether its opening refers to the sentence before it.
        sums_up: whether it closes an answer ("In summary, ...").
        previous: the sentence before it in its section, if there is one.
    """

    evidence: Evidence
    section: ScoredPassage
    span: Span
    text: str
    plain: str
    leans_back: bool
    sums_up: bool
    previous: Statement | None

    @property
    def can_lead(self) -> bool:
        """Return whether an answer can start with it."""
        return not self.leans_back and not self.sums_up

    @property
    def passage(self) -> Passage:
        """Return the section it stands in."""
        return self.section.passage


def statements_in(evidence: Evidence, section: ScoredPassage) -> list[Statement]:
    """Return the sentences of a section that say something on their own or after the one before.

    Left out: fragments, tables and formulas, labels and lines that only introduce a list, and talk about the answer.
    """
    statements: list[Statement] = []
    previous: Statement | None = None
    for inner in split_sentences(section.passage.text):
        text = section.passage.text[inner.start : inner.end]
        plain = plain_text(text)
        if len(plain.split()) < _LEAST_WORDS or _says_nothing(text):
            previous = None
            continue
        span = Span(section.passage.start + inner.start, section.passage.start + inner.end)
        leans = bool(_LEANS_BACK.match(_without_label(plain, text)))
        sums_up = bool(_SUMS_UP.match(plain))
        statement = Statement(evidence, section, span, text, plain, leans, sums_up, previous)
        statements.append(statement)
        previous = statement
    return statements


def _says_nothing(text: str) -> bool:
    return bool(_NO_STATEMENT.search(text) or _LEADS_ON.search(text) or _ABOUT_THE_ANSWER.search(text)) or text.endswith("?")


def _without_label(plain: str, text: str) -> str:
    """Return the words after a bold label: the label names the subject that the sentence may refer to."""
    return "" if text.startswith("**") else plain
