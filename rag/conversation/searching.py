"""A follow-up searched for as it was asked and as it was resolved."""

from __future__ import annotations

from collections.abc import Callable

from rag.conversation.turns import Resolution
from rag.models import Search


def search_both(resolution: Resolution, search: Callable[[str], Search]) -> Search:
    """Return the better of the searches for both wordings of a question: the one that is surer of its first entry.

    The resolved one wins where they are equal. A question that stands alone is searched for once.

    Raises:
        QuickTakesError: what `search` raises.
    """
    resolved = search(resolution.resolved)
    if resolution.resolved == resolution.question:
        return resolved
    asked = search(resolution.question)
    return asked if _first_score(asked) > _first_score(resolved) else resolved


def _first_score(found: Search) -> float:
    return found.evidence[0].score if found.evidence else 0.0
