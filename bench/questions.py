"""The development questions, as the measurements read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path("evals/datasets/retrieval-dev/questions.jsonl")


@dataclass(frozen=True, slots=True)
class DevelopmentQuestion:
    """A question, and the entries that answer it by url: 2 fully, 1 in part; none where the corpus does not."""

    kind: str
    question: str
    relevant: dict[str, int]


def load_questions() -> list[DevelopmentQuestion]:
    """Return the questions of the development set."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [DevelopmentQuestion(case["kind"], case["question"], case["relevant"]) for case in map(json.loads, lines)]
