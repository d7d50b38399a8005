"""Answers to keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rag.models import (
    Answer,
    Citation,
    CorrectedPremise,
    Evidence,
    Passage,
    Provenance,
    ScoredPassage,
    Sentence,
    Signals,
    Suggestion,
)

OSMOSIS = "/learn/biology/questions/what-is-osmosis"
CELLS = "/learn/biology/questions/what-is-a-cell"


def make_answer(question: str = "What is osmosis?", **changes: Any) -> Answer:
    """Return an answer with one cited sentence and one suggestion, surely found, with some attributes changed."""
    text = "Osmosis is water moving through a membrane."
    answer = Answer(
        question=question,
        status="answered",
        rung="composed",
        text=f"{text} [1]",
        sentences=(Sentence(text, (1,), "supported"),),
        citations=(Citation(1, OSMOSIS, "What is osmosis?", "Answer", text, 0, len(text)),),
        suggestions=(Suggestion(CELLS, "What is a cell?"),),
        evidence=evidence(0.95, 0.4),
        provenance=Provenance("corpus", "index", "minilm"),
        timings_ms={"total": 1.5},
        notices=("the index is that of yesterday",),
        corrected=CorrectedPremise("water stands still", (1,)),
    )
    return replace(answer, **changes)


def evidence(*scores: float) -> tuple[Evidence, ...]:
    """Return evidence from as many entries, with these scores."""
    return tuple(_evidence(f"/entry-{number}", number, score) for number, score in enumerate(scores, start=1))


def _evidence(url: str, rank: int, score: float) -> Evidence:
    passage = Passage(url, url, "section", "", "Water moves.", 0, 12)
    signals = Signals(0.8, 0.8, 0.5, 0.0, 1, 0.1, ("water",))
    return Evidence(rank, url, "What moves?", score, signals, (ScoredPassage(passage, 0.8),))
