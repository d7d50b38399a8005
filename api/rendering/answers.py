"""Answers as HTML: each sentence followed by the numbers of its sources, whole or as it grows."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from markdown_it.token import Token

from api.rendering.annotating import Mark, Note, annotate
from api.rendering.markdown import blocks, parse, write
from api.rendering.places import line_starts
from rag.models import Answer, Citation, Sentence, SentenceShown, Span

_Placed: TypeAlias = tuple[Span, Sentence]

DOUBTS: Final[Mapping[str, tuple[str, str]]] = {
    "partly": ("partly supported", "The sources support this sentence in part."),
    "unsupported": ("not supported", "The sources do not support this sentence."),
    "contradicted": ("contradicted", "The sources say otherwise."),
}
"""What is shown beside a sentence that its sources do not support, and why, by its support."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What a sentence adds to an answer that is shown already.

    Attributes:
        keep: how many of the blocks that are shown stay as they are.
        html: what stands after those, in place of the others.
    """

    keep: int
    html: str


@dataclass(slots=True)
class GrowingAnswer:
    """An answer shown sentence by sentence: each time, only the last block is written anew."""

    _text: str = ""
    """Of the last block."""
    _placed: list[_Placed] = field(default_factory=list)
    _citations: dict[int, Citation] = field(default_factory=dict)
    _kept: int = 0

    def add(self, shown: SentenceShown) -> Growth:
        """Return what a sentence adds; sentences come in order, and none is taken back."""
        start = len(self._text) + len(shown.lead)
        self._text += shown.lead + shown.sentence.text
        self._placed.append((Span(start, len(self._text)), shown.sentence))
        self._citations |= {citation.n: citation for citation in shown.citations}
        tokens = parse(self._text)
        line = tokens[_last_block(tokens)].map
        _annotate(tokens, self._text, self._placed, self._citations)
        parts = [write(block) for block in blocks(tokens)]
        growth = Growth(self._kept, "".join(parts))
        self._drop(line[0] if line else 0, len(parts) - 1)
        return growth

    def _drop(self, line: int, count: int) -> None:
        """Forget the blocks before the last, which stay as they are."""
        cut = line_starts(self._text)[line]
        self._text = self._text[cut:]
        self._placed = [
            (Span(span.start - cut, span.end - cut), sentence) for span, sentence in self._placed if span.start >= cut
        ]
        self._kept += max(count, 0)


def answer_html(answer: Answer) -> str:
    """Return an answer's text as HTML, with the numbers of its sources and its verdicts."""
    tokens = parse(answer.text)
    _annotate(tokens, answer.text, list(_placed(answer)), {citation.n: citation for citation in answer.citations})
    return write(tokens)


def source_link(citation: Citation, span: Span | None = None) -> str:
    """Return the path at which an entry is shown with a citation's quote marked, or with a part of it."""
    start, end = (citation.start, citation.end) if span is None else (span.start, span.end)
    return f"{citation.url}?start={start}&end={end}#cited"


def cited_places(sentence: Sentence, citations: Mapping[int, Citation]) -> Iterator[tuple[Citation, Span]]:
    """Give a sentence's citations with the places that it rests on.

    That is the sentence itself where an entry says it; the whole quote for what a model wrote, and for the rows of a
    table, which are cited once.
    """
    for n in sentence.citations:
        if citation := citations.get(n):
            is_quoted = sentence.verbatim and not sentence.text.startswith("|")
            offset = citation.quote.find(sentence.text) if is_quoted else -1
            start = citation.start + offset
            yield (
                citation,
                Span(start, start + len(sentence.text)) if offset >= 0 else Span(citation.start, citation.end),
            )


def _placed(answer: Answer) -> Iterator[_Placed]:
    position = 0
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, position)
        if start >= 0:
            position = start + len(sentence.text)
            yield Span(start, position), sentence


def _annotate(tokens: Sequence[Token], text: str, placed: Sequence[_Placed], citations: Mapping[int, Citation]) -> None:
    marks = [_doubted(span, sentence) for span, sentence in placed if sentence.support in DOUBTS]
    annotate(tokens, text, marks, list(_notes(placed, citations)))


def _notes(placed: Sequence[_Placed], citations: Mapping[int, Citation]) -> Iterator[Note]:
    for position, (span, sentence) in enumerate(placed):
        following = placed[position + 1][1] if position + 1 < len(placed) else None
        links = "" if _is_row(following, sentence) else "".join(_links(sentence, citations))
        if doubt := DOUBTS.get(sentence.support):
            links += f'<span class="verdict" title="{doubt[1]}">{doubt[0]}</span>'
        if links:
            yield Note(span.end, links)


def _is_row(following: Sentence | None, sentence: Sentence) -> bool:
    """Return whether a sentence is a row of a table that goes on: its sources are told once, after the last row."""
    return (
        following is not None
        and sentence.text.startswith("|")
        and following.text.startswith("|")
        and following.citations == sentence.citations
    )


def _links(sentence: Sentence, citations: Mapping[int, Citation]) -> Iterator[str]:
    for citation, span in cited_places(sentence, citations):
        href = html.escape(source_link(citation, span))
        label = html.escape(f"Source {citation.n}: {citation.title}")
        link = f'<a class="cite" href="{href}" aria-label="{label}" data-n="{citation.n}">{citation.n}</a>'
        yield f'<sup class="note">{link}</sup>'


def _doubted(span: Span, sentence: Sentence) -> Mark:
    return Mark(span, "span", f"doubted {sentence.support}")


def _last_block(tokens: Sequence[Token]) -> int:
    """Return the position of the token that opens the last block."""
    last, depth = 0, 0
    for position, token in enumerate(tokens):
        if depth == 0:
            last = position
        depth += token.nesting
    return last
