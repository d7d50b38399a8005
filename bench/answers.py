"""What becomes of the development questions when they are asked: `make bench-answers CORPUS=...`.

By kind of question: answered with a citation of an entry that answers it, answered from other entries, abstained.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
from collections import Counter, defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.questions import DevelopmentQuestion, load_questions
from rag.models import Answer
from rag.settings import Settings
from rag.wiring import open_quicktakes


def main() -> None:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir)
    arguments = parser.parse_args()
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    words: list[int] = []
    settings = dataclasses.replace(
        Settings.from_environment(), corpus_dir=arguments.corpus_dir, data_dir=arguments.data_dir
    )
    with open_quicktakes(settings) as quicktakes:
        for asked in load_questions():
            answer = quicktakes.ask(asked.question)
            outcomes[asked.kind][_outcome(asked, answer)] += 1
            if answer.status != "abstained":
                words.append(len(answer.text.split()))
    table = Table("kind", "questions", "from a right entry", "from others", "abstained")
    for kind, counts in outcomes.items():
        columns = (str(counts[name]) for name in ("right", "other", "abstained"))
        table.add_row(kind, str(counts.total()), *columns)
    table.caption = f"answers have {statistics.median(words):.0f} words (median)"
    Console().print(table)


def _outcome(asked: DevelopmentQuestion, answer: Answer) -> str:
    if answer.status == "abstained":
        return "abstained"
    return "right" if any(citation.url in asked.relevant for citation in answer.citations) else "other"


if __name__ == "__main__":
    main()
