"""What becomes of the development questions when they are asked: `make bench-answers CORPUS=...`.

By kind of question: answered with a citation of an entry that answers it, answered from other entries, abstained.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.questions import DevelopmentQuestion, load_questions, open_corpora
from rag.models import Answer


def main() -> None:
    """Run the measurement and print a table for each split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    with open_corpora(parser.parse_args().corpus_dir) as corpora:
        answers = [(asked, corpora[asked.corpus].ask(asked.question)) for asked in load_questions()]
    for split in ("dev", "test"):
        Console().print(_table(split, [pair for pair in answers if pair[0].split == split]))


def _table(split: str, answers: Sequence[tuple[DevelopmentQuestion, Answer]]) -> Table:
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for asked, answer in answers:
        outcomes[asked.kind][_outcome(asked, answer)] += 1
    words = [len(answer.text.split()) for _, answer in answers if answer.status != "abstained"]
    table = Table("kind", "questions", "from a right entry", "from others", "abstained", title=split)
    for kind, counts in sorted(outcomes.items()):
        table.add_row(kind, str(counts.total()), *(str(counts[name]) for name in ("right", "other", "abstained")))
    table.caption = f"answers have {statistics.median(words):.0f} words (median)"
    return table


def _outcome(asked: DevelopmentQuestion, answer: Answer) -> str:
    if answer.status == "abstained":
        return "abstained"
    return "right" if any(citation.url in asked.relevant for citation in answer.citations) else "other"


if __name__ == "__main__":
    main()
