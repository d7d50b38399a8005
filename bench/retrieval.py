"""How well entries are found for the development questions: `make bench-retrieval CORPUS=...`.

Questions over the publisher's biology entries are asked of the corpus named, those over the starter corpus of `corpus`.
Prints, for the split that constants are chosen on and for the one kept aside: each signal alone, their reciprocal-rank
fusion, our ranking and our ranking without each lever; then what each threshold on the score lets through, with vectors
and by words only. Fits the models behind both scores anew and draws how well the first is calibrated.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from bench.confidence import Judged, confidence_table, draw_reliability, fit, judge, reliability
from bench.questions import DevelopmentQuestion, load_questions, open_corpora
from bench.ranking import ranking_table
from rag.retrieval import Retriever, without
from rag.retrieval.fusion import CERTAINTY, WORDS_ONLY_CERTAINTY

_DRAWING = Path("docs/reliability.svg")


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    console = Console(width=200)
    with open_corpora(parser.parse_args().corpus_dir) as corpora:
        retrievers = {name: corpus.retriever for name, corpus in corpora.items()}
        without_vectors = {name: without(retriever, "vectors") for name, retriever in retrievers.items()}
        questions = load_questions()
        drawn: dict[str, list[tuple[float, float, int]]] = {}
        for split in ("dev", "test"):
            asked = [one for one in questions if one.split == split]
            console.rule(split)
            console.print(ranking_table(asked, retrievers))
            drawn[split] = reliability(_measure(console, asked, retrievers, CERTAINTY))
            console.print("by words only:")
            _measure(console, asked, without_vectors, WORDS_ONLY_CERTAINTY)
        draw_reliability(drawn, _DRAWING)


def _measure(
    console: Console, asked: Sequence[DevelopmentQuestion], retrievers: Mapping[str, Retriever], names: Collection[str]
) -> list[Judged]:
    """Print what each threshold lets through, and on the dev split the model fitted anew; return the judgements."""
    judged = judge(asked, retrievers)
    console.print(confidence_table(judged))
    if asked[0].split == "dev":
        weights, intercept = fit(judged, names)
        console.print({name: round(weight, 3) for name, weight in weights.items()}, round(intercept, 3))
    return judged


if __name__ == "__main__":
    main()
