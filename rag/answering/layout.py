"""Chosen sentences as Markdown: paragraphs by section, labelled points as a list."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.composer import Chosen


def lay_out(chosen: Sequence[Chosen]) -> str:
    """Return the text of chosen statements; each stands in it verbatim, in order."""
    lines: list[str] = []
    section = ""
    for statement in (one.statement for one in chosen):
        is_point = statement.text.startswith("**")
        if lines and statement.passage.id == section and not is_point:
            lines[-1] += f" {statement.text}"
            continue
        if lines and not (is_point and lines[-1].startswith("- ")):
            lines.append("")
        lines.append(f"- {statement.text}" if is_point else statement.text)
        section = statement.passage.id
    return "\n".join(lines)
