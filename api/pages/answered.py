"""What stands about an answer on its page: what it was made from, above it, and its sources, below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words, and the class that they are shown in."""

    kind: str
    text: str


def badge_of(answer: Mapping[str, Any]) -> Badge:
    """Return what to say of an answer, as `rag.wire` writes it; ``badgeOf`` in ``turn.js`` says the same."""
    if answer["status"] == "abstained":
        return Badge("abstained", "Not covered")
    if answer["mode"] == "hint":
        return Badge("hint", f"Hint {answer['level'] or 1} of 3")
    made = _made(answer)
    if answer["mode"] == "simpler":
        made = f"In simpler words, {made[:1].lower()}{made[1:]}"
    if answer["status"] == "partial":
        return Badge("partial", f"Partly covered, {made[:1].lower()}{made[1:]}")
    return Badge(answer["rung"], made)


def sources_of(answer: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """Return an answer's citations, those of an entry together, in the order of their numbers."""
    by_entry: dict[str, list[Mapping[str, Any]]] = {}
    for citation in answer["citations"]:
        by_entry.setdefault(citation["url"], []).append(citation)
    return list(by_entry.values())


def _made(answer: Mapping[str, Any]) -> str:
    if answer["rung"] == "curated":
        return "From the QuickTakes answer"
    count = len({citation["url"] for citation in answer["citations"]})
    entries = "1 entry" if count == 1 else f"{count} entries"
    return f"Written from {entries}" if answer["rung"] == "generated" else f"Put together from {entries}"
