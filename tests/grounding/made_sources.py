"""Sources of a few sentences, to check claims against."""

from __future__ import annotations

from rag.grounding import Sources
from rag.models import Passage, Verdict


def sources_of(text: str, *, question: str = "", heading: str = "") -> Sources:
    """Return one passage as sources; every word tells as much as a rare one does."""
    passage = Passage(
        id="0" * 32, url="/made", kind="section", section=heading, text=text, start=100, end=100 + len(text)
    )
    return Sources([(passage, question)], weigh)


def weigh(stem: str) -> float:
    """Return how telling a stem is: a few plain ones little, any other much."""
    return 2.0 if stem in {"clear", "befor"} else 6.0


def check(claim: str, text: str, *, question: str = "", heading: str = "") -> Verdict:
    """Return the verdict on a claim."""
    return sources_of(text, question=question, heading=heading).check(claim)


def support_of(claim: str, text: str, *, question: str = "", heading: str = "") -> str:
    """Return the verdict on a claim in a word."""
    return check(claim, text, question=question, heading=heading).support
