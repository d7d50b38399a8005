"""Chosen sentences as Markdown: paragraphs, lists of points, tables of two sides; names in brackets where they help.

What stands in brackets is ours and never a claim: the heading, label or defined subject of the entry that a sentence
speaks of without naming it (decision 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rag.answering.selection import Chosen
from rag.answering.statements import Statement

_PARAGRAPH_WORDS = 90
"""Paragraphs of one entry are joined up to this many words: an answer of single sentences reads as a list of scraps."""


@dataclass(slots=True)
class _Block:
    """A paragraph or point, the statements in it, the name to show before it, and those told within it."""

    text: str
    statements: list[Statement]
    name: str | None
    is_item: bool
    told: list[str] = field(default_factory=list[str])

    @property
    def first(self) -> Statement:
        return self.statements[0]


def lay_out(chosen: Sequence[Chosen]) -> str:
    """Return the text of chosen statements; each stands in it verbatim, in order."""
    parts: list[str] = []
    before: list[Statement] = []
    for (side, is_table), group in groupby(chosen, key=_form):
        own = list(group)
        statements = [one.statement for one in own]
        if is_table:
            parts.append(_table(own))
        elif side is not None:
            points = (f"- {_named(block)}" for block in _blocks(statements, before, is_list=True))
            parts += [f"[{_capital(side)}]", "\n".join(points)]
        else:
            parts += _texts(list(_blocks(statements, before, is_list=False)))
        before += statements
    return "\n\n".join(parts)


def _form(chosen: Chosen) -> tuple[str | None, bool]:
    """Return the side whose points a statement stands among, if any, and whether it stands in a table."""
    return (chosen.side, False) if chosen.row is None else (None, True)


def _blocks(statements: Sequence[Statement], before: Sequence[Statement], *, is_list: bool) -> Iterator[_Block]:
    """Give paragraphs and points, in order."""
    block: _Block | None = None
    shown = list(before)
    for statement in statements:
        name = statement.name if statement.refers and not statement.follows(shown) else None
        if block is not None and _goes_on(block, statement, is_list=is_list):
            is_told = name is not None and not statement.leans and name in {block.name, *block.told}
            block.text += f" [{name}] {statement.text}" if name and not is_told else f" {statement.text}"
            block.told += [name] if name else []
            block.statements.append(statement)
        else:
            if block is not None:
                yield block
            block = _Block(statement.text, [statement], name, is_list or statement.is_item)
        shown.append(statement)
    if block is not None:
        yield block


def _goes_on(block: _Block, statement: Statement, *, is_list: bool) -> bool:
    """Return whether a statement stands on the same line, or in a paragraph that may be joined to the one before."""
    last = block.statements[-1]
    if (statement.passage.id, statement.line) == (last.passage.id, last.line):
        return True
    is_text = not (is_list or block.is_item or statement.is_item or statement.label or block.first.label)
    joins = statement.passage.url == last.passage.url and not statement.sums_up
    return is_text and joins and len(block.text.split()) + statement.words <= _PARAGRAPH_WORDS


def _texts(blocks: Sequence[_Block]) -> Iterator[str]:
    """Give paragraphs, and points that stand beside each other as one list.

    Where a point needs the name of its head, the lists of its entry stand below theirs.
    """
    below_heads = {block.first.passage.url for block in blocks if block.is_item and block.name == block.first.head}
    for (head, url), group in groupby(blocks, key=_list_of):
        own = list(group)
        if url is None or len(own) == 1:
            yield from (_named(block) for block in own)
        elif head and url in below_heads:
            yield f"[{head}]"
            yield "\n".join(f"- {block.text if block.name == head else _named(block)}" for block in own)
        else:
            yield "\n".join(f"- {_named(block)}" for block in own)


def _list_of(block: _Block) -> tuple[str | None, str | None]:
    """Return the head and the entry of the list that a block stands in; neither for a paragraph."""
    return (block.first.head, block.first.passage.url) if block.is_item else (None, None)


def _named(block: _Block) -> str:
    return f"[{block.name}] {block.text}" if block.name else block.text


def _table(chosen: Sequence[Chosen]) -> str:
    """Return a table of two sides, one row an aspect."""
    sides = list(dict.fromkeys(one.side or "" for one in chosen))
    rows = ["| " + " | ".join(map(_capital, sides)) + " |", "|" + " --- |" * len(sides)]
    for _, group in groupby(chosen, key=lambda one: one.row):
        cells = {one.side: one.statement.text for one in group}
        rows.append("| " + " | ".join(cells.get(side, "") for side in sides) + " |")
    return "\n".join(rows)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
