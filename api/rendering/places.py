"""Where each piece of a Markdown text's visible words stands in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from api.rendering.maths import INLINE_MATHS
from rag.models import Span

_LINE_END = re.compile(r"\r\n?|\n")  # as Markdown counts lines
_LINE_MARKS = re.compile(r"[ ]*(?:#{1,6} +|>+ *|[-*+] +|\d{1,9}[.)] +)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of visible text.

    Attributes:
        block: the token that holds it.
        token: its own, a child of `block`; or `block` itself, where that is a whole formula or listing.
        span: its characters in the source.
    """

    block: Token
    token: Token
    span: Span


def pieces_of(tokens: Sequence[Token], source: str) -> Iterator[Piece]:
    """Give the pieces of a text in order, but for what cannot be found in the source as it is shown.

    Tokens say in which lines they stand, not where in them: so each piece is sought after the one before.
    """
    starts = line_starts(source)
    position = 0
    for block in tokens:
        first, end = block.map or (0, 0)
        if block.type == "inline" and position <= starts[first]:  # else it goes on in a line, as a table's cells do
            position = _text_start(block, source, starts[first])
        for token in block.children or []:
            if (written := _written(token)) and (start := source.find(written, position)) >= 0:
                position = start + len(written)
                yield Piece(block, token, Span(start, position))
        if block.map is not None and block.nesting == 0 and block.type != "inline":
            yield Piece(block, block, Span(starts[first], starts[end]))


def line_starts(source: str) -> list[int]:
    """Return where each line of a Markdown text begins, and its end."""
    return [0, *(found.end() for found in _LINE_END.finditer(source)), len(source)]


def _text_start(block: Token, source: str, line_start: int) -> int:
    """Return where a block's text begins: after the marks of its line, unless they belong to it, as in ``# 1. One``."""
    marks = _LINE_MARKS.match(source, line_start)
    begins = block.content.split("\n", 1)[0]
    return marks.end() if marks and source.startswith(begins, marks.end()) else line_start


def _written(token: Token) -> str:
    """Return what stands in the source for a token; empty where it shows no text."""
    if token.type == INLINE_MATHS:
        return token.info
    if token.type == "text_special":
        return token.markup
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return token.content if token.type in {"text", "code_inline", "image"} else ""
