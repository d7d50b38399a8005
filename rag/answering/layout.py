"""Chosen sentences as Markdown: paragraphs by section, labelled points as a list."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.composer import Chosen


def lay_out(chosen: Sequence[Chosen]) -> str:
    """Return the text of chosen statements; each stands in it verbatim, in order."""
    blocks: list[str] = []
    section = ""
    for statement in (one.statement for one in chosen):
        if blocks and statement.passage.id == section and not _is_point(statement.text):
            blocks[-1] += f" {statement.text}"
        else:
            blocks.append(statement.text)
        section = statement.passage.id
    points = [_is_point(block) and number > 0 for number, block in enumerate(blocks)]
    text = ""
    for number, block in enumerate(blocks):
        in_list = points[number] and (points[number - 1] or points[number + 1 : number + 2] == [True])
        joined = in_list and points[number - 1]
        text += ("\n" if joined else "\n\n" if text else "") + ("- " if in_list else "") + block
    return text


def _is_point(text: str) -> bool:
    return text.startswith("**")
