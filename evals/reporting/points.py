"""Plots of one mark to a reply, each leading to its case, and of curves."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.models import Arm, Scored
from evals.reporting.content import HEADLINE, Baseline, ReportContent
from evals.reporting.svg import Figure, Scale, below, beside, dot, legend, line, path, text, to_case
from evals.scoring.failing import FAR_BELOW, INVENTED_BELOW
from evals.scoring.retrieval import recall_at
from evals.statistics.cells import KINDS

_WIDTH: Final = 560
_SIDE: Final = 400
_LEFT: Final = 56
_TOP: Final = 44
_ARM_STYLES: Final[Mapping[Arm, str]] = {"open": "c0 seen", "held_out": "c1 seen"}
_DEPTHS: Final = range(1, 11)
_LONGEST: Final = 3.0
"""Length ratio beyond which a reply is drawn at the edge."""

_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """How a metric of a case changed from the baseline."""

    case: str
    arm: Arm
    before: float
    after: float


def quadrant(content: ReportContent) -> Figure | None:
    """Return grounding against content F1: right or wrong, grounded or invented, with how many are in each."""
    points = _pairs(content, "grounding", HEADLINE)
    if not points:
        return None
    x, y = _square(1.0)
    marks = [*below(x, _TOP, _TOP + _SIDE, "grounding"), *beside(y, _LEFT, _LEFT + _SIDE, "content F1")]
    marks += _dots(content, points, x, y)
    marks.append(line(x(INVENTED_BELOW), _TOP, x(INVENTED_BELOW), _TOP + _SIDE, "cut"))
    marks.append(line(_LEFT, y(FAR_BELOW), _LEFT + _SIDE, y(FAR_BELOW), "cut"))
    counted = quadrant_counts(content)
    for at, (name, count) in enumerate(counted.items()):
        marks.append(text(_LEFT + _SIDE + 14, _TOP + 70 + 20 * at, f"{count} {name}", "tick"))
    told = ", ".join(f"{count} {name}" for name, count in counted.items())
    marks += legend(_LEFT + _SIDE + 14, _TOP + 14, _arms(points), 60)
    return Figure("quadrant", "Grounding and content F1", told, _WIDTH + 90, _TOP + _SIDE + 44, marks)


def quadrant_counts(content: ReportContent) -> dict[str, int]:
    """Return how many replies are right or wrong, grounded or invented, by the bounds that failure classes have."""
    counts = {"right, grounded": 0, "right, invented": 0, "wrong, grounded": 0, "wrong, invented": 0}
    for _, grounding, score in _pairs(content, "grounding", HEADLINE):
        right = "wrong" if score < FAR_BELOW else "right"
        counts[f"{right}, {'invented' if grounding < INVENTED_BELOW else 'grounded'}"] += 1
    return counts


def lengths(content: ReportContent) -> Figure | None:
    """Return the length of replies against content F1: whether long ones score better for being long."""
    points = _pairs(content, "length_ratio", HEADLINE)
    if not points:
        return None
    x, y = _square(_LONGEST)
    marks = [*below(x, _TOP, _TOP + _SIDE, "words, of the reference's"), *beside(y, _LEFT, _LEFT + _SIDE, "content F1")]
    marks.append(line(x(1), _TOP, x(1), _TOP + _SIDE, "cut"))
    marks += [*_dots(content, points, x, y), *legend(_LEFT + _SIDE + 14, _TOP + 14, _arms(points), 60)]
    r = correlation([one for _, one, _ in points], [one for _, _, one in points])
    told = (
        "Too few replies, or all alike: no correlation." if r is None else f"Pearson's r {r:.2f}, over {len(points)}."
    )
    marks.append(text(_LEFT + _SIDE + 14, _TOP + 70, "" if r is None else f"r = {r:.2f}", "tick"))
    return Figure("lengths", "Length and content F1", told, _WIDTH + 90, _TOP + _SIDE + 44, marks)


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Pearson's correlation; None over fewer than three, or where one side does not vary."""
    try:
        return statistics.correlation(one, other) if len(one) >= _FEWEST else None
    except statistics.StatisticsError:
        return None


def paired(content: ReportContent, baseline: Baseline, metric: str) -> Figure | None:
    """Return a metric of each case with the baseline, and with this run."""
    moved = moved_cases(content, baseline, metric)
    if not moved:
        return None
    x, y = _square(1.0)
    marks = [*below(x, _TOP, _TOP + _SIDE, f"{metric}, {baseline.name}")]
    marks += [*beside(y, _LEFT, _LEFT + _SIDE, f"{metric}, this run"), line(x(0), y(0), x(1), y(1), "cut")]
    for one in moved:
        told = f"{one.arm}: {one.before:.3f} to {one.after:.3f}"
        marks.append(
            to_case(content.anchors[one.case], dot(x(one.before), y(one.after), _ARM_STYLES[one.arm], told, 3.5))
        )
    rose, fell = sum(one.after > one.before for one in moved), sum(one.after < one.before for one in moved)
    told = (
        f"{rose} rose, {fell} fell, {len(moved) - rose - fell} stayed. Those that moved most stand in the table below."
    )
    marks.append(text(_LEFT + _SIDE + 14, _TOP + 70, f"{rose} rose", "tick"))
    marks.append(text(_LEFT + _SIDE + 14, _TOP + 90, f"{fell} fell", "tick"))
    marks += legend(_LEFT + _SIDE + 14, _TOP + 14, _styles_of([one.arm for one in moved]), 60)
    return Figure("paired", f"{metric}, case by case", told, _WIDTH + 90, _TOP + _SIDE + 44, marks)


def moved_cases(content: ReportContent, baseline: Baseline, metric: str) -> list[Moved]:
    """Return what a metric was and is of each case that both runs have, those that moved most first."""
    before, after = _by_case(baseline.rows, metric), _by_case(content.taken, metric)
    shared = sorted(before.keys() & after.keys())
    moved = [Moved(case, arm, before[case, arm], after[case, arm]) for case, arm in shared]
    return sorted(moved, key=lambda one: (-abs(one.after - one.before), one.case, one.arm))


def _by_case(rows: Sequence[Scored], metric: str) -> dict[tuple[str, Arm], float]:
    found: dict[tuple[str, Arm], list[float]] = {}
    for row in rows:
        if metric in row.metrics:
            found.setdefault((row.case, row.arm), []).append(row.metrics[metric])
    return {key: math.fsum(values) / len(values) for key, values in found.items()}


def recall_curve(content: ReportContent) -> Figure | None:
    """Return the share of sources found among the first k entries, by kind, of the whole corpus."""
    curves = recalls(content)
    if not curves:
        return None
    x, y = Scale(1, 10, _LEFT, _LEFT + _SIDE), Scale(0, 1, _TOP + 260, _TOP)
    marks = [*below(x, _TOP, _TOP + 260, "k, entries from the top"), *beside(y, _LEFT, _LEFT + _SIDE, "recall at k")]
    ends = _apart([y(points[-1]) for points in curves.values()])
    for at, ((kind, points), end) in enumerate(zip(curves.items(), ends, strict=True)):
        marks.append(path([(x(k), y(value)) for k, value in zip(_DEPTHS, points, strict=True)], f"l{at % 8}"))
        told = ((k, value, f"{kind}: recall at {k} {value:.3f}") for k, value in zip(_DEPTHS, points, strict=True))
        marks.extend(dot(x(k), y(value), f"c{at % 8}", words, 3) for k, value, words in told)
        marks.append(dot(_LEFT + _SIDE + 14, end, f"c{at % 8}"))
        marks.append(text(_LEFT + _SIDE + 24, end + 4, f"{kind} {points[-1]:.3f}", "tick"))
    told = "; ".join(f"{kind} {points[0]:.3f} at 1, {points[-1]:.3f} at 10" for kind, points in curves.items())
    return Figure("recall", "Recall by depth", told, _WIDTH + 110, _TOP + 304, marks)


def recalls(content: ReportContent) -> dict[str, list[float]]:
    """Return the mean recall at 1 to 10 of each kind that is searched for, asked of the whole corpus."""
    found: dict[str, list[list[float]]] = {}
    for kind in KINDS:
        for row, subject in content.subjects:
            if row.kind == kind and row.arm == "open" and "recall_at_10" in row.metrics:
                urls = list(dict.fromkeys(subject.reply.retrieved))
                relevant = {url: grade for url, grade in subject.case.sources.items() if grade > 0}
                found.setdefault(kind, []).append([recall_at(k, urls, relevant) for k in _DEPTHS])
    return {kind: [math.fsum(at) / len(at) for at in zip(*rows, strict=True)] for kind, rows in found.items()}


def risk_coverage(content: ReportContent) -> Figure | None:
    """Return how wrong answers are, were only the surest given."""
    curves = content.summary.risk_coverage
    if not curves:
        return None
    x, y = Scale(0, 1, _LEFT, _LEFT + _SIDE), Scale(0, 1, _TOP + 260, _TOP)
    marks = [
        *below(x, _TOP, _TOP + 260, "coverage: share of questions answered"),
        *beside(y, _LEFT, _LEFT + _SIDE, "risk"),
    ]
    for at, (arm, points) in enumerate(curves.items()):
        marks.append(path([(x(one.coverage), y(one.risk)) for one in points], f"l{at}"))
        for one in points:
            told = f"{arm}: coverage {one.coverage:.3f}, risk {one.risk:.3f}"
            marks.append(dot(x(one.coverage), y(one.risk), f"c{at}", told, 4 if len(points) == 1 else 2.5))
    marks += legend(_LEFT + _SIDE + 14, _TOP + 14, [(f"c{at}", arm) for at, arm in enumerate(curves)], 60)
    ends = [
        f"{arm}: all that it answers, coverage {one[-1].coverage:.3f} with risk {one[-1].risk:.3f}"
        for arm, one in curves.items()
    ]
    return Figure("risk-coverage", "Risk by coverage", "; ".join(ends), _WIDTH + 50, _TOP + 304, marks)


def _square(longest: float) -> tuple[Scale, Scale]:
    return Scale(0, longest, _LEFT, _LEFT + _SIDE), Scale(0, 1, _TOP + _SIDE, _TOP)


def _pairs(content: ReportContent, one: str, other: str) -> list[tuple[Scored, float, float]]:
    rows = (row for row in content.taken if one in row.metrics and other in row.metrics)
    return [(row, row.metrics[one], row.metrics[other]) for row in rows]


def _dots(content: ReportContent, points: Sequence[tuple[Scored, float, float]], x: Scale, y: Scale) -> Iterator[str]:
    for row, one, other in points:
        told = f"{row.arm}: {one:.3f}, {other:.3f}"
        yield to_case(content.anchors[row.case], dot(x(one), y(other), _ARM_STYLES[row.arm], told, 3.5))


def _arms(points: Sequence[tuple[Scored, float, float]]) -> list[tuple[str, str]]:
    return _styles_of([row.arm for row, _, _ in points])


def _styles_of(arms: Sequence[Arm]) -> list[tuple[str, str]]:
    return [(style, arm) for arm, style in _ARM_STYLES.items() if arm in arms]


def _apart(places: Sequence[float], least: float = 14) -> list[float]:
    """Return places of labels, moved down where they would lie on each other."""
    moved = dict[int, float]()
    lowest = -math.inf
    for at in sorted(range(len(places)), key=lambda at: places[at]):
        lowest = moved[at] = max(places[at], lowest + least)
    return [moved[at] for at in range(len(places))]
