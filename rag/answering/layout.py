"""Chosen sentences as Markdown: paragraphs by section, labelled points as a list."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.composer import Chosen


def lay_out(chosen: Sequence[Chosen]) -> str:
    """Return the text of chosen statements; each stands in it verbatim, in order."""
    blocks: list[str] = []
    last = None
    for statement in (one.statement for one in chosen):
        line = (statement.passage.id, statement.line)
        if line == last:
            blocks[-1] += f" {statement.text}"
        else:
            blocks.append(statement.text)
        last = line
    points = [_is_point(block) and number > 0 for number, block in enumerate(blocks)]
    text = ""
    for number, block in enumerate(blocks):
        in_list = points[number] and (points[number - 1] or points[number + 1 : number + 2] == [True])
        joined = in_list and points[number - 1]
        text += ("\n" if joined else "\n\n" if text else "") + ("- " if in_list else "") + block
    return text


def _is_point(text: str) -> bool:
    return text.startswith("**")
