"""The development questions, as the measurements read them."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rag.settings import Settings
from rag.wiring import QuickTakes, open_quicktakes

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


@contextmanager
def open_corpora(corpus_dir: Path) -> Generator[dict[str, QuickTakes]]:
    """Open what the questions are asked of, by `DevelopmentQuestion.corpus`.

    Args:
        corpus_dir: the publisher's biology entries; the starter corpus is where it always is.
    """
    settings = Settings.from_environment()
    folders = {"starter": Settings().corpus_dir, "biology": corpus_dir}
    with ExitStack() as opened:
        yield {
            name: opened.enter_context(open_quicktakes(replace(settings, corpus_dir=folder)))
            for name, folder in folders.items()
        }


def load_questions() -> list[DevelopmentQuestion]:
    """Return all questions of the set."""
    fields = ("split", "corpus", "kind", "question", "relevant")
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [DevelopmentQuestion(*(case[field] for field in fields)) for case in map(json.loads, lines)]
