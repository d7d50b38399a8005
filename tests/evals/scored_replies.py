"""A small corpus, what words weigh in it, and replies to a case, as few words as a test needs."""

from __future__ import annotations

from dataclasses import replace

from evals.models import Case, Nugget, Reply
from evals.scoring import Idf, Materials

URL = "/learn/biology/questions/case"
OSMOSIS = "/learn/biology/questions/what-is-osmosis"
KIDNEY = "/learn/biology/questions/what-do-kidneys-do"

EVEN = Idf("", 1, {})
"""Every stem weighs ln(2 / 0.5): shares by weight are shares by number."""


def make_case(**changes: object) -> Case:
    """Return a case of even words, but for what is changed."""
    case = Case(
        url=URL,
        kind="control",
        split="test",
        cluster="osmosis",
        corpus="starter",
        question="What moves water?",
        answer="Osmosis carries water across membranes. Salt draws water along strongly.",
        expect="answer",
        sources={OSMOSIS: 2},
    )
    return replace(case, **changes)


def make_reply(text: str, **changes: object) -> Reply:
    """Return a reply of a text, but for what is changed."""
    return replace(Reply(case=URL, arm="open", text=text), **changes)


def materials(**changes: object) -> Materials:
    """Return materials in which every stem weighs the same."""
    return replace(Materials(idf=EVEN), **changes)


def nugget(*any_of: str, text: str = "Sodium leaves", **changes: object) -> Nugget:
    """Return a vital nugget, but for what is changed."""
    return replace(Nugget("n1", text, "vital", any_of), **changes)


__all__ = ["EVEN", "KIDNEY", "OSMOSIS", "URL", "make_case", "make_reply", "materials", "nugget"]
