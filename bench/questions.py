"""The development questions, as the measurements read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_FILE = Path("evals/datasets/retrieval-dev/questions.jsonl")

Split = Literal["dev", "test"]


@dataclass(frozen=True, slots=True)
class DevelopmentQuestion:
    """A question, and the entries that answer it.

    Attributes:
        split: ``dev`` for what constants are chosen on, ``test`` for what nothing was chosen on.
        corpus: ``starter`` for the project's own entries, ``biology`` for the publisher's.
        relevant: urls, 2 for an entry that answers fully, 1 for a good part; empty where the corpus does not answer.
    """

    split: Split
    corpus: str
    kind: str
    question: str
    relevant: dict[str, int]


def load_questions() -> list[DevelopmentQuestion]:
    """Return all questions of the set."""
    fields = ("split", "corpus", "kind", "question", "relevant")
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [DevelopmentQuestion(*(case[field] for field in fields)) for case in map(json.loads, lines)]
