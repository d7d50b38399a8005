"""The self-test of the metrics: which of them see which known fault, and which faults none does."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from rich.table import Table

from evals.models import Case, Scored
from evals.scoring.mutating import MUTATIONS, reference_reply, spoiling_of
from evals.scoring.scorer import score
from evals.scoring.subject import Materials
from evals.statistics.directions import direction_of

METRICS: Final = (
    "content_f1",
    "content_precision",
    "content_completeness",
    "nugget_recall_vital",
    "nugget_recall_all",
    "rouge_lsum",
    "chrf",
    "grounding",
    "grounding_min",
    "sent_support",
    "citation_recall",
    "citation_precision",
    "citation_validity",
    "citation_target_f1",
    "polarity_flags",
    "numbers_unsupported",
    "numbers_missed",
)
"""Those that say how good a reply is; retrieval and form are not of its wording, and are left out."""

SEEN_AUROC: Final = 0.7
SEEN_DROP: Final = 0.1
"""What a metric must reach with both for a fault to count as seen by it."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What a metric makes of a fault.

    Attributes:
        pairs: replies that could be spoilt so, and scored both ways.
        mean_drop: by which the fault lowers the metric, or raises one of which less is better.
        auroc: how often a sound reply scores better than a spoilt one, ties half; 0.5 by chance.
    """

    mutation: str
    metric: str
    pairs: int
    mean_drop: float
    auroc: float

    @property
    def is_seen(self) -> bool:
        """Return whether the metric sees the fault."""
        return self.auroc >= SEEN_AUROC and self.mean_drop >= SEEN_DROP


EXPECTED: Final[Mapping[tuple[str, str], tuple[float, float]]] = MappingProxyType({
    ("negate", "polarity_flags"): (0.8, 0.6),
    ("swap antonym", "polarity_flags"): (0.8, 0.6),
    ("change number", "numbers_unsupported"): (0.75, 0.5),
    ("drop vital nugget", "nugget_recall_vital"): (0.9, 0.3),
    ("drop vital nugget", "content_completeness"): (0.9, 0.2),
    ("pad x2", "content_precision"): (0.95, 0.3),
    ("pad x2", "grounding_min"): (0.9, 0.3),
    ("paste neighbour", "content_f1"): (0.95, 0.5),
    ("paste neighbour", "nugget_recall_vital"): (0.85, 0.4),
    ("echo question", "content_f1"): (0.95, 0.9),
    ("echo question", "nugget_recall_vital"): (0.9, 0.7),
    ("strip citations", "citation_recall"): (0.85, 0.4),
    ("cite neighbour", "citation_target_f1"): (0.95, 0.9),
})  # fmt: skip
"""Least AUROC and mean drop of the detections that are claimed; a test fails where one is lost."""

BLIND: Final = frozenset({"shuffle sentences", "swap entity"})
"""Faults that no metric is claimed to see: reports say so.

A foreign word in place of the weightiest of the reply's own lowers the least grounding of its sentences by 0.05 on
average, as a sentence in words of its own does.
"""


def detection_matrix(cases: Iterable[Case], materials: Materials) -> list[Detection]:
    """Return what each metric makes of each fault, over cases with a reference that the corpus has sources of."""
    pairs: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for case in cases:
        spoiling = spoiling_of(case, materials)
        if spoiling is None:
            continue
        sound = reference_reply(case, materials)
        scored = score(case, sound, materials)
        for mutation, spoil in MUTATIONS.items():
            spoilt = spoil(sound, spoiling)
            if spoilt is not None:
                _add_pairs(pairs, mutation, scored, score(case, spoilt, materials))
    return [
        _detection(mutation, metric, pairs[mutation, metric])
        for mutation in MUTATIONS
        for metric in METRICS
        if (mutation, metric) in pairs
    ]


def _add_pairs(
    pairs: Mapping[tuple[str, str], list[tuple[float, float]]], mutation: str, sound: Scored, spoilt: Scored
) -> None:
    for metric in sound.metrics.keys() & spoilt.metrics.keys() & set(METRICS):
        sign = -1 if direction_of(metric) == "lower" else 1
        pairs[mutation, metric].append((sign * sound.metrics[metric], sign * spoilt.metrics[metric]))


def _detection(mutation: str, metric: str, pairs: Sequence[tuple[float, float]]) -> Detection:
    sound, spoilt = (np.asarray(side, dtype=np.float64) for side in zip(*pairs, strict=True))
    better = (sound[:, None] > spoilt).mean() + (sound[:, None] == spoilt).mean() / 2
    drop = math.fsum(one - other for one, other in pairs) / len(pairs)
    return Detection(mutation, metric, len(pairs), round(drop, 6), round(float(better), 6))


def lost(detections: Iterable[Detection]) -> list[str]:
    """Return each claimed detection that is not there, in a few words."""
    found = {(one.mutation, one.metric): one for one in detections}
    told: list[str] = []
    for (mutation, metric), (auroc, drop) in EXPECTED.items():
        one = found.get((mutation, metric))
        if one is None:
            told.append(f"{mutation}: {metric} has no value")
        elif one.auroc < auroc or one.mean_drop < drop:
            drops = f"{one.mean_drop:.2f} with AUROC {one.auroc:.2f}, not {drop} with {auroc}"
            told.append(f"{mutation}: {metric} drops by {drops}")
    return told


def blind_spots(detections: Iterable[Detection]) -> dict[str, list[str]]:
    """Return for each fault the metrics that do not see it, and under ``any`` the faults that none does."""
    kept = list(detections)
    unseen = {name: [one.metric for one in kept if one.mutation == name and not one.is_seen] for name in MUTATIONS}
    return unseen | {"any": [name for name in unseen if not any(one.mutation == name and one.is_seen for one in kept)]}


def detection_table(detections: Iterable[Detection]) -> Table:
    """Return a table of the faults, each with the metrics that see it; the whole matrix stands in reports."""
    kept = list(detections)
    table = Table("fault", "pairs", "seen by (mean drop, AUROC)", title="What the metrics see of known faults")
    for mutation in MUTATIONS:
        own = [one for one in kept if one.mutation == mutation]
        seen = sorted((one for one in own if one.is_seen), key=lambda one: (-one.auroc, one.metric))
        told = ", ".join(f"{one.metric} ({one.mean_drop:.2f}, {one.auroc:.2f})" for one in seen)
        table.add_row(mutation, str(max((one.pairs for one in own), default=0)), told or "[bold]nothing[/]")
    return table
