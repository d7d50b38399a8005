"""How well entries are found for the development questions: `make bench-retrieval CORPUS=...`.

Questions over the publisher's biology entries are asked of the corpus named, those over the starter corpus of `corpus`.
Prints, for the split that constants are chosen on and for the one kept aside: each signal alone, their reciprocal-rank
fusion, our ranking and our ranking without each lever; then what each threshold on the score lets through. Fits the
model behind the score anew and draws how well it is calibrated.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from bench.confidence import confidence_table, draw_reliability, fit, judge, reliability
from bench.questions import load_questions, open_corpora
from bench.ranking import ranking_table

_DRAWING = Path("docs/reliability.svg")


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    console = Console(width=200)
    with open_corpora(parser.parse_args().corpus_dir) as corpora:
        retrievers = {name: corpus.retriever for name, corpus in corpora.items()}
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
