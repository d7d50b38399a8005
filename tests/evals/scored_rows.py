"""Rows of scores, as few words as a test needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evals.models import Arm, Author, FailureClass, Kind, Scored, Split
from evals.statistics import ScoredRun


def scored(  # noqa: PLR0913 as many words as a row has
    case: str,
    metrics: Mapping[str, float],
    *,
    arm: Arm = "open",
    repeat: int = 0,
    kind: Kind = "synthesis",
    cluster: str | None = None,
    split: Split = "test",
    author: Author = "human",
    unscored: Mapping[str, str] | None = None,
    failure: FailureClass = "none",
) -> Scored:
    """Return a row; its cluster is its case where none is given."""
    return Scored(
        case=case,
        arm=arm,
        repeat=repeat,
        kind=kind,
        cluster=cluster or case,
        split=split,
        author=author,
        metrics=metrics,
        unscored=unscored or {},
        failure=failure,
    )


def rows_of(metric: str, values: Sequence[float], **words: object) -> list[Scored]:
    """Return a row for each value, each a case and a cluster of its own."""
    return [scored(f"case-{number:03d}", {metric: value}, **words) for number, value in enumerate(values)]  # type: ignore[arg-type]


def run_of(rows: Sequence[Scored]) -> ScoredRun:
    """Return a run over cases that never change."""
    return ScoredRun(rows, {row.case: f"sha of {row.case}" for row in rows})


def clustered_values(n_clusters: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Return values between 0 and 1 in clusters of one to five that resemble each other."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 6, n_clusters)
    codes = np.repeat(np.arange(n_clusters), sizes)
    values = generator.random(n_clusters)[codes] * 0.6 + generator.random(len(codes)) * 0.4
    return values, [f"cluster-{code}" for code in codes]
