"""What a run's scores come to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, get_args

from evals.models import Arm, FailureClass, Kind, Scored, Split
from evals.statistics import Cell, Difference, Sampling, Selector, arms_apart, cells_of
from evals.statistics.cells import ARMS, KINDS
from evals.statistics.means import SAMPLING

CONFIDENCE: Final = "confidence"
"""The metric that a risk-coverage curve is drawn by, where a system says how sure it is."""

_ANSWERED_WRONGLY: Final = "false_answer"
_REFUSED_WRONGLY: Final = "over_refusal"
_QUALITY: Final = "content_f1"
_MOST_POINTS: Final = 50

FAILURES: Final[tuple[FailureClass, ...]] = get_args(FailureClass)


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What becomes of a system that answers its surest questions only.

    Attributes:
        confidence: of the least sure answer given; None where the system says nothing of it.
        coverage: share of all questions that is answered.
        risk: mean over these of 1 for an answer where none was due, and of 1 - content F1 for others.
    """

    confidence: float | None
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Failures:
    """How many replies of a kind and arm went wrong in which way first."""

    kind: Kind
    arm: Arm
    counts: Mapping[FailureClass, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """What scores come to.

    Attributes:
        split: which cases are counted; None for all.
        cells: by kind, arm, metric, sorted.
        leak_gaps: with the whole corpus less held out, by kind and metric.
        risk_coverage: by arm, from the surest answers to all.
    """

    split: Split | None
    sampling: Sampling
    n_cases: int
    n_replies: int
    cells: Mapping[Selector, Cell]
    leak_gaps: Mapping[Selector, Difference]
    risk_coverage: Mapping[Arm, tuple[RiskPoint, ...]]
    failures: tuple[Failures, ...]


def summarise(rows: Iterable[Scored], split: Split | None = "test", sampling: Sampling = SAMPLING) -> Summary:
    """Return what the rows of a split come to; their order changes nothing."""
    taken = sorted((row for row in rows if split in {None, row.split}), key=lambda row: (row.case, row.arm, row.repeat))
    cells = cells_of(taken, sampling)
    return Summary(
        split=split,
        sampling=sampling,
        n_cases=len({row.case for row in taken}),
        n_replies=len(taken),
        cells=cells,
        leak_gaps=_leak_gaps(taken, cells, sampling),
        risk_coverage={arm: points for arm in sorted(ARMS) if (points := risk_coverage(taken, arm))},
        failures=tuple(_failures(taken)),
    )


def _leak_gaps(
    rows: Sequence[Scored], cells: Mapping[Selector, Cell], sampling: Sampling
) -> dict[Selector, Difference]:
    wanted = [one for one in cells if one.kind and one.arm == "open" and one.author is None]
    both = [Selector(one.metric, one.kind) for one in wanted if Selector(one.metric, one.kind, "held_out") in cells]
    gaps = {selector: arms_apart(rows, selector, sampling) for selector in both}
    return {selector: gap for selector, gap in gaps.items() if gap is not None}


def risk_coverage(rows: Iterable[Scored], arm: Arm) -> tuple[RiskPoint, ...]:
    """Return points of the risk-coverage curve of an arm (El-Yaniv and Wiener, 2010), at most 50 and a last one.

    Questions are those of which it is known whether they were answered rightly to be; a system that gives no confidence
    has one point.
    """
    asked = [row for row in rows if row.arm == arm and row.metrics.keys() & {_ANSWERED_WRONGLY, _REFUSED_WRONGLY}]
    answers = [(row.metrics.get(CONFIDENCE), risk) for row in asked if (risk := _risk(row)) is not None]
    answers.sort(key=lambda one: -math.inf if one[0] is None else one[0], reverse=True)
    points: list[RiskPoint] = []
    answered, risks = 0, 0.0
    for confidence, group in groupby(answers, key=lambda one: one[0]):
        found = [risk for _, risk in group]
        answered += len(found)
        risks += math.fsum(found)
        points.append(RiskPoint(confidence, answered / len(asked), risks / answered))
    step = max(1, math.ceil(len(points) / _MOST_POINTS))
    return (*points[:-1][::step], *points[-1:])


def _risk(row: Scored) -> float | None:
    """Return how wrong an answer is; None where none was given, or how good it is is not known."""
    if _ANSWERED_WRONGLY in row.metrics:
        return 1.0 if row.metrics[_ANSWERED_WRONGLY] else None
    if row.metrics[_REFUSED_WRONGLY] or _QUALITY not in row.metrics:
        return None
    return 1 - row.metrics[_QUALITY]


def _failures(rows: Sequence[Scored]) -> Iterator[Failures]:
    counts = Counter((row.kind, row.arm, row.failure) for row in rows)
    for kind in KINDS:
        for arm in ARMS:
            found: dict[FailureClass, int] = {failure: counts[kind, arm, failure] for failure in FAILURES}
            if any(found.values()):
                yield Failures(kind, arm, found)
