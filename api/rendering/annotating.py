"""Marks and notes put into a parsed Markdown text, at places of its source; its markup stays as it is."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

from api.rendering.places import Piece, pieces_of
from rag.models import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """An element around what shows of a span; around each run of it, where the span crosses markup.

    Attributes:
        element: its name; a block without text of its own, as a formula is one, gets its class instead.
        id: of the first run; empty for none.
    """

    span: Span
    element: str
    style: str
    id: str = ""

    def opening(self, *, is_first: bool) -> str:
        """Return the tag that opens a run."""
        return (
            f'<{self.element} id="{self.id}" class="{self.style}">'
            if is_first and self.id
            else f'<{self.element} class="{self.style}">'
        )

    @property
    def closing(self) -> str:
        """Return the tag that closes a run."""
        return f"</{self.element}>"


@dataclass(frozen=True, slots=True)
class Note:
    """HTML after the last visible character before a place in the source."""

    place: int
    html: str


def annotate(tokens: Sequence[Token], source: str, marks: Sequence[Mark] = (), notes: Sequence[Note] = ()) -> None:
    """Put marks and notes into the tokens of a source, whose text they leave as it is.

    Args:
        marks: in order, none over another.
        notes: in order.
    """
    pieces = list(pieces_of(tokens, source))
    attached = _attached(pieces, notes)
    by_block: defaultdict[int, dict[int, Piece]] = defaultdict(dict)
    for piece in pieces:
        by_block[id(piece.block)][id(piece.token)] = piece
    seen: set[int] = set()
    for block in tokens:
        own = by_block[id(block)]
        if block.children is not None:
            block.children = _Writer(own, marks, attached, seen).rewritten(block.children)
        elif (piece := own.get(id(block))) and (mark := _over(marks, piece.span.start, piece.span.end)):
            block.attrs |= {"class": mark.style} | ({"id": mark.id} if mark.id and id(mark) not in seen else {})
            seen.add(id(mark))


def _attached(pieces: Sequence[Piece], notes: Sequence[Note]) -> dict[int, list[Note]]:
    """Return the notes of each piece, by its token's identity."""
    inside = [piece for piece in pieces if piece.token is not piece.block and piece.token.content]
    starts = [piece.span.start for piece in inside]
    attached: defaultdict[int, list[Note]] = defaultdict(list)
    for note in notes:
        if position := bisect_left(starts, note.place):
            piece = inside[position - 1]
            attached[id(piece.token)].append(Note(min(note.place, piece.span.end), note.html))
    return attached


@dataclass(slots=True)
class _Writer:
    """Writes the children of one block anew."""

    pieces: dict[int, Piece]
    marks: Sequence[Mark]
    notes: dict[int, list[Note]]
    seen: set[int]
    """Marks that were opened before."""
    _children: list[Token] = field(default_factory=list)
    _open: Mark | None = None

    def rewritten(self, children: Sequence[Token]) -> list[Token]:
        for token in children:
            piece = self.pieces.get(id(token))
            if piece is None:
                self._enter(None)
                self._children.append(token)
            else:
                self._write(piece)
        self._enter(None)
        return self._children

    def _write(self, piece: Piece) -> None:
        notes = self.notes.get(id(piece.token), [])
        start, end = piece.span.start, piece.span.end
        if piece.token.type != "text":  # shown whole, or not at all
            self._enter(_over(self.marks, start, end))
            self._children.append(piece.token)
        else:
            places = {start, end, *(note.place for note in notes)}
            places |= {place for mark in self.marks for place in (mark.span.start, mark.span.end)}
            cuts = sorted(place for place in places if start <= place <= end)
            for begin, stop in pairwise(cuts):
                self._enter(_over(self.marks, begin, stop))
                self._children.append(_text(piece.token.content[begin - start : stop - start], piece.token.level))
                self._add([note for note in notes if note.place == stop and stop < end])
        self._add([note for note in notes if note.place >= end])

    def _add(self, notes: Sequence[Note]) -> None:
        for note in notes:
            self._enter(None)
            self._children.append(_html(note.html))

    def _enter(self, mark: Mark | None) -> None:
        if self._open is not None and mark is not self._open:
            self._children.append(_html(self._open.closing))
        if mark is not None and mark is not self._open:
            self._children.append(_html(mark.opening(is_first=id(mark) not in self.seen)))
            self.seen.add(id(mark))
        self._open = mark


def _over(marks: Sequence[Mark], start: int, end: int) -> Mark | None:
    return next((mark for mark in marks if mark.span.start < end and start < mark.span.end), None)


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)
