"""How well entries are found for the development questions: `make bench-retrieval CORPUS=...`.

Prints each signal alone, their reciprocal-rank fusion and our fusion, side by side; then fits the logistic curve of
`rag.retrieval.fusion.probability` and prints what each threshold on it would answer wrongly or refuse wrongly.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.questions import load_questions
from rag.models import Evidence, Signals
from rag.retrieval.fusion import MIDDLE, SLOPE, fuse, probability
from rag.settings import Settings
from rag.wiring import open_quicktakes

_RRF_K = 60
"""Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion", 2009."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A development question with all candidates that were scored for it."""

    kind: str
    relevant: dict[str, int]
    found: list[Evidence]

    @property
    def fused(self) -> float:
        """Return the fused score of the first entry."""
        return fuse(self.found[0].signals)


def main() -> None:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus-dir", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, default=Settings().data_dir)
    arguments = parser.parse_args()
    console = Console()
    settings = dataclasses.replace(
        Settings.from_environment(), corpus_dir=arguments.corpus_dir, data_dir=arguments.data_dir
    )
    with open_quicktakes(settings) as quicktakes:
        asked = [
            Asked(case.kind, case.relevant, quicktakes.retrieve(case.question, limit=1_000))
            for case in load_questions()
        ]
    console.print(_ranking_table([one for one in asked if one.relevant]))
    console.print(_confidence_table(asked))


def _ranking_table(asked: Sequence[Asked]) -> Table:
    systems: dict[str, Callable[[Asked], list[str]]] = {
        "question vectors": lambda one: _by(one, lambda signals: signals.question),
        "section vectors": lambda one: _by(one, lambda signals: signals.section),
        "terms (BM25)": lambda one: _by(one, lambda signals: signals.terms),
        "reciprocal ranks": _by_reciprocal_ranks,
        "fused (ours)": lambda one: _by(one, fuse),
    }
    kinds = sorted({one.kind for one in asked})
    table = Table("ranking", "hit@1", "hit@5", "MRR", "nDCG@10", *(f"{kind} hit@1" for kind in kinds))
    for name, rank in systems.items():
        ranked = [(one, rank(one)) for one in asked]
        figures = np.mean([_figures(one, urls) for one, urls in ranked], axis=0)
        by_kind = [np.mean([_figures(one, urls)[0] for one, urls in ranked if one.kind == kind]) for kind in kinds]
        table.add_row(name, *(f"{figure:.3f}" for figure in figures), *(f"{figure:.2f}" for figure in by_kind))
    table.caption = f"{len(asked)} answerable questions"
    return table


def _by(one: Asked, score: Callable[[Signals], float]) -> list[str]:
    return [evidence.url for evidence in sorted(one.found, key=lambda evidence: -score(evidence.signals))]


def _by_reciprocal_ranks(one: Asked) -> list[str]:
    totals = dict.fromkeys((evidence.url for evidence in one.found), 0.0)
    for name in ("question", "section", "terms"):
        for rank, url in enumerate(_by(one, lambda signals, name=name: getattr(signals, name)), start=1):
            totals[url] += 1 / (_RRF_K + rank)
    return sorted(totals, key=lambda url: -totals[url])


def _figures(one: Asked, urls: Sequence[str]) -> tuple[float, float, float, float]:
    """Return hit@1, hit@5, reciprocal rank and nDCG@10 of a ranking."""
    grades = np.array([one.relevant.get(url, 0) for url in urls])
    first = int(np.argmax(grades > 0)) if grades.any() else None
    discounts = 1 / np.log2(np.arange(2, 12))
    best = np.sort([*one.relevant.values(), *[0] * 10])[::-1][:10]
    gained = float(((2.0 ** grades[:10] - 1) * discounts[: len(grades[:10])]).sum())
    ideal = float(((2.0**best - 1) * discounts).sum())
    return (
        float(first == 0),
        float(first is not None and first < 5),
        1 / (first + 1) if first is not None else 0.0,
        gained / ideal,
    )


def _confidence_table(asked: Sequence[Asked]) -> Table:
    fused = np.array([one.fused for one in asked])
    right = np.array([one.found[0].url in one.relevant for one in asked], dtype=float)
    answerable = np.array([bool(one.relevant) for one in asked])
    near = np.array([one.kind == "near_miss" for one in asked])
    slope, middle = _fit_logistic(fused, right)
    table = Table("threshold", "answerable refused", "unanswerable answered", "of these near misses", "others")
    scores = np.array([probability(value) for value in fused])
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        answers = scores >= threshold
        shares = ((~answers)[answerable], answers[~answerable], answers[near], answers[~answerable & ~near])
        table.add_row(f"{threshold:.1f}", *(f"{share.mean():.2f}" for share in shares))
    table.caption = (
        f"probability now: slope {SLOPE}, middle {MIDDLE}; fitted here: slope {slope:.2f}, middle {middle:.3f}"
    )
    return table


def _fit_logistic(values: np.ndarray, outcomes: np.ndarray) -> tuple[float, float]:
    """Return slope and middle of the logistic curve of greatest likelihood, by Newton's method."""
    design = np.column_stack([values, np.ones_like(values)])
    weights = np.zeros(2)
    for _ in range(50):
        expected = 1 / (1 + np.exp(-design @ weights))
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design
        weights += np.linalg.solve(curvature, design.T @ (outcomes - expected))
    return float(weights[0]), float(-weights[1] / weights[0])


if __name__ == "__main__":
    main()
