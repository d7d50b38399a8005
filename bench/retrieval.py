"""How well entries are found for the development questions: `make bench-retrieval CORPUS=...`.

Questions over the publisher's biology entries are asked of the corpus named, those over the starter corpus of `corpus`.
Prints, for the split that constants are chosen on and for the one kept aside: each signal alone, their reciprocal-rank
fusion, our ranking and our ranking without each lever; then what each threshold on the score lets through. Fits the
model behind the score anew and draws how well it is calibrated.
"""

from __future__ import annotations

import argparse
import dataclasses
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bench.confidence import confidence_table, draw_reliability, fit, judge, reliability
from bench.questions import load_questions
from bench.ranking import ranking_table
from rag.settings import Settings
from rag.wiring import open_quicktakes

_DRAWING = Path("docs/reliability.svg")


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir)
    arguments = parser.parse_args()
    console = Console(width=200)
    folders = {"starter": Settings().corpus_dir, "biology": arguments.corpus_dir}
    with ExitStack() as opened:
        retrievers = {
            name: opened.enter_context(
                open_quicktakes(
                    dataclasses.replace(Settings.from_environment(), corpus_dir=folder, data_dir=arguments.data_dir)
                )
            ).retriever
            for name, folder in folders.items()
        }
        questions = load_questions()
        drawn: dict[str, list[tuple[float, float, int]]] = {}
        for split in ("dev", "test"):
            asked = [one for one in questions if one.split == split]
            console.rule(split)
            console.print(ranking_table(asked, retrievers))
            judged = judge(asked, retrievers)
            console.print(confidence_table(judged))
            drawn[split] = reliability(judged)
            if split == "dev":
                weights, intercept = fit(judged)
                console.print({name: round(weight, 3) for name, weight in weights.items()}, round(intercept, 3))
        draw_reliability(drawn, _DRAWING)


if __name__ == "__main__":
    main()
