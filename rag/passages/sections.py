"""An answer cut into sections: the pieces of it that are embedded, found and cited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from rag.models import Span
from rag.passages.plain import plain_text
from rag.passages.sentences import split_sentences

_BLOCK_PARSER = MarkdownIt("commonmark").enable("table").disable(["lheading", "code", "html_block", "reference"])
_LABEL = re.compile(r"[ ]*(?:[-*+] +|\d{1,3}[.)] +)?\*\*(?P<label>[^*\n]{1,80}?):?\*\*")
_MOST_NAME = 80
_MOST_NAME_TOKENS = 56
"""Characters and tokens of a heading that serve as a section's name."""

_LINE_END = re.compile(r"\r\n?|\n")  # as Markdown counts lines
_HEADING = re.compile(r"^#{1,6} *(.*?)[ #]*$", re.DOTALL)
_STRONG = re.compile(r"(\*\*|__|\*|_)(.+?)\1")

_LEADS_IN = re.compile(r":\**[ ]*$")


@dataclass(frozen=True, slots=True)
class Section:
    """A run of an answer under one name.

    Attributes:
        name: the heading above it, else the bold label it starts with, else empty.
        span: its characters in the decoded answer, without white space at either end.
    """

    name: str
    span: Span


def split_sections(answer: str, count_tokens: Callable[[str], int], *, target: int, most: int) -> list[Section]:
    """Return the sections of an answer, in order; together they hold every word of it but its headings.

    Neighbouring blocks (list items, paragraphs) under one heading are joined while they stay under `target` tokens;
    a block longer than `most` is cut at the ends of its parts, and a single longer part at sentences.
    """
    cutter = _Cutter(answer, count_tokens, most)
    sections: list[Section] = []
    heading, tokens, leads_in = "", 0, False
    for block in cutter.blocks():
        room = most if leads_in else target
        if sections and block.heading == heading and tokens + block.tokens <= room:
            last = sections[-1]
            sections[-1] = Section(last.name, Span(last.span.start, block.span.end))
            tokens += block.tokens
        else:
            sections.append(Section(block.name, block.span))
            heading, tokens = block.heading, block.tokens
        leads_in = bool(_LEADS_IN.search(answer[block.span.start : block.span.end]))
    return sections


@dataclass(frozen=True, slots=True)
class _Block:
    heading: str
    name: str
    span: Span
    tokens: int


class _Cutter:
    """Walks the block structure of one answer."""

    def __init__(self, answer: str, count_tokens: Callable[[str], int], most: int) -> None:
        self._answer = answer
        self._count_tokens = count_tokens
        self._most = most
        self._heading = ""
        self._line_starts = [0, *(found.end() for found in _LINE_END.finditer(answer)), len(answer)]

    def blocks(self) -> Iterator[_Block]:
        yield from self._walk(SyntaxTreeNode(_BLOCK_PARSER.parse(self._answer)))

    def _walk(self, parent: SyntaxTreeNode) -> Iterator[_Block]:
        for node in parent.children:
            if node.map is None:
                continue
            span = self._span(*node.map)
            if node.type == "heading":
                self._heading = self._name(_HEADING.sub(r"\1", self._answer[span.start : span.end]))
            elif node.type in {"bullet_list", "ordered_list"}:
                yield from self._walk(node)
            elif span.start < span.end:
                yield from self._cut(node, span)

    def _cut(self, node: SyntaxTreeNode, span: Span) -> Iterator[_Block]:
        block = self._block(span)
        if block.tokens <= self._most:
            yield block
        elif node.type in {"list_item", "blockquote"}:
            yield from self._walk(node)
        else:
            yield from self._cut_text(span)

    def _cut_text(self, span: Span) -> Iterator[_Block]:
        """Cut at sentences, and a sentence that is still too long at its words."""
        for sentence in split_sentences(self._answer, span.start, span.end):
            block = self._block(sentence)
            if block.tokens <= self._most:
                yield block
            else:
                middle = self._answer.rfind(" ", sentence.start, (sentence.start + sentence.end) // 2)
                middle = middle if middle > sentence.start else (sentence.start + sentence.end) // 2
                yield from self._cut_text(self._trim(sentence.start, middle))
                yield from self._cut_text(self._trim(middle, sentence.end))

    def _block(self, span: Span) -> _Block:
        text = self._answer[span.start : span.end]
        label = _LABEL.match(text)
        name = self._heading or (self._name(label["label"]) if label else "")
        return _Block(self._heading, name, span, self._count_tokens(plain_text(text)))

    def _name(self, text: str) -> str:
        """Return a heading or label as a name: without its marks, cut where it would crowd its section out."""
        name = _STRONG.sub(r"\2", text).strip(" :")[:_MOST_NAME]
        while self._count_tokens(plain_text(name)) > _MOST_NAME_TOKENS:
            name = name[: len(name) // 2]
        return name

    def _span(self, first_line: int, end_line: int) -> Span:
        return self._trim(self._line_starts[first_line], self._line_starts[min(end_line, len(self._line_starts) - 1)])

    def _trim(self, start: int, end: int) -> Span:
        text = self._answer[start:end]
        return Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))
