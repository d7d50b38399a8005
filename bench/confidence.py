"""What a score is worth: the model behind it fitted anew, and how well what it says comes true."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from bench.questions import DevelopmentQuestion
from rag.models import Evidence
from rag.ports import Vectors
from rag.retrieval import Retriever

_HELD_OUT_WEIGHT = 0.5
"""What a question counts whose entries were hidden: beside them stand others that nobody judged for it."""

_RIDGE = 1.0
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with the first entry found for it.

    Attributes:
        right: whether that entry answers it.
        held_out: whether the entries that answer were hidden, so that the question became one that nothing answers.
    """

    asked: DevelopmentQuestion
    first: Evidence
    right: bool
    held_out: bool


def judge(asked: Sequence[DevelopmentQuestion], retrievers: Mapping[str, Retriever]) -> list[Judged]:
    """Return what is found first for each question, and for each answerable one what is found without its entries.

    Where nothing is found, which happens by words only, there is no score to judge.
    """
    judged: list[Judged] = []
    for one in asked:
        retriever = retrievers[one.corpus]
        found = retriever.retrieve(one.question, limit=1)
        judged += [Judged(one, first, first.url in one.relevant, held_out=False) for first in found]
        if one.relevant:
            others = retriever.retrieve(one.question, limit=1, exclude=list(one.relevant))
            judged += [Judged(one, other, right=False, held_out=True) for other in others]
    return judged


def fit(judged: Sequence[Judged], names: Collection[str]) -> tuple[dict[str, float], float]:
    """Return the weights and the intercept of the model behind `rag.retrieval.fusion.probability`, by signal.

    The weights are fitted with the held-out questions, the slope and the intercept then without them (Platt, 1999):
    held-out questions show what a wrong entry looks like, not how often one is found.
    """
    values = np.array([[getattr(one.first.signals, name) for name in names] for one in judged])
    right = np.array([one.right for one in judged], dtype=float)
    counts = np.array([_HELD_OUT_WEIGHT if one.held_out else 1.0 for one in judged])
    middle, spread = values.mean(axis=0), values.std(axis=0)
    weights, intercept = _logistic((values - middle) / spread, right, counts, _RIDGE)
    asked = counts == 1.0
    logits = ((values - middle) / spread @ weights + intercept)[asked, np.newaxis]
    slope, shift = _logistic(logits, right[asked], np.ones(int(asked.sum())), 0.0)
    weights, intercept = weights / spread * slope[0], intercept * slope[0] + shift
    return dict(zip(names, map(float, weights), strict=True)), float(intercept - weights @ middle)


def confidence_table(judged: Sequence[Judged]) -> Table:
    """Return what each threshold on the score would refuse and let through."""
    asked = [one for one in judged if not one.held_out]
    scores = np.array([one.first.score for one in asked])
    answerable = np.array([bool(one.asked.relevant) for one in asked])
    right = np.array([one.right for one in asked])
    near = np.array([one.asked.kind == "near_miss" for one in asked])
    hidden = np.array([one.first.score for one in judged if one.held_out])
    table = Table("threshold", "right refused", "wrong entry answers", "near misses", "off topic", "held out")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        lets = scores >= threshold
        shares = (~lets[right], lets[answerable & ~right], lets[near], lets[~answerable & ~near], hidden >= threshold)
        table.add_row(f"{threshold:.1f}", *(f"{share.mean():.2f}" for share in shares))
    error = calibration_error(scores, right)
    table.title = f"{len(asked)} questions, {len(hidden)} of them also held out"
    table.caption = f"expected calibration error {error:.3f}, area under the curve {_area(scores, right):.3f}"
    return table


def reliability(judged: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """Return mean score, share right and count of each tenth of the scale that holds questions."""
    asked = [one for one in judged if not one.held_out]
    scores, right = np.array([one.first.score for one in asked]), np.array([one.right for one in asked])
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    own = [bins == place for place in range(_BINS)]
    return [(float(scores[each].mean()), float(right[each].mean()), int(each.sum())) for each in own if each.any()]


def calibration_error(scores: Vectors, right: np.ndarray) -> float:
    """Return the expected calibration error over ten bins (Guo et al., "On Calibration of Neural Networks", 2017)."""
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    own = [bins == place for place in range(_BINS) if (bins == place).any()]
    return float(sum(abs(scores[each].mean() - right[each].mean()) * each.mean() for each in own))


def draw_reliability(points: Mapping[str, Sequence[tuple[float, float, int]]], file: Path) -> None:
    """Draw the share right against the score for each split, a circle a bin, its area the count."""
    colours = dict(zip(points, ("#1f6feb", "#d9480f"), strict=False))
    marks = [
        f'<circle cx="{50 + 300 * score:.0f}" cy="{330 - 300 * share:.0f}" r="{2 + count**0.5:.1f}" '
        f'fill="{colours[name]}" fill-opacity="0.6"><title>{name}: {count} questions</title></circle>'
        for name, own in points.items()
        for score, share, count in own
    ]
    keys = [
        f'<text x="370" y="{60 + 22 * place}" fill="{colour}">● {name}</text>'
        for place, (name, colour) in enumerate(colours.items())
    ]
    ticks = [
        f'<text x="{50 + 30 * tenth}" y="350" text-anchor="middle">{tenth / 10:.1f}</text>'
        f'<text x="42" y="{334 - 30 * tenth}" text-anchor="end">{tenth / 10:.1f}</text>'
        for tenth in range(0, 11, 2)
    ]
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 460 380" font-family="sans-serif" font-size="12">\n'
        '<rect width="460" height="380" fill="white"/>\n'
        '<rect x="50" y="30" width="300" height="300" fill="none" stroke="#999"/>\n'
        '<line x1="50" y1="330" x2="350" y2="30" stroke="#999" stroke-dasharray="4"/>\n'
        + "\n".join([*ticks, *marks, *keys])
        + '\n<text x="200" y="372" text-anchor="middle">score of the first entry</text>\n'
        '<text x="14" y="180" text-anchor="middle" transform="rotate(-90 14 180)">share that answers</text>\n</svg>\n',
        encoding="utf-8",
    )


def _area(scores: Vectors, right: np.ndarray) -> float:
    """Return how often a right first entry has a higher score than a wrong one."""
    wins = np.sign(scores[right][:, np.newaxis] - scores[~right][np.newaxis, :])
    return float((wins + 1).mean() / 2)


def _logistic(values: np.ndarray, outcomes: np.ndarray, counts: np.ndarray, ridge: float) -> tuple[np.ndarray, float]:
    """Return the weights and the intercept of greatest (penalised) likelihood, by Newton's method."""
    design = np.column_stack([values, np.ones(len(values))])
    penalty = ridge * np.diag([*np.ones(values.shape[1]), 0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-design @ weights))
        curvature = (design * (counts * expected * (1 - expected))[:, np.newaxis]).T @ design + penalty
        weights += np.linalg.solve(curvature, design.T @ (counts * (outcomes - expected)) - penalty @ weights)
    return weights[:-1], float(weights[-1])
