"""The report's tables, as rows of words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from evals.models import Arm, Kind, Scored
from evals.reporting.content import ReportContent
from evals.reporting.summary import Summary
from evals.reporting.writing import shown_interval, shown_number
from evals.running.folder import flat
from evals.scoring import Detection, blind_spots
from evals.statistics import Cell, Selector
from evals.statistics.directions import direction_of

_AGAINST_REFERENCE: Final = ("content_f1", "nugget_recall")
_STANCES: Final = ("answered", "refused", "undetermined", "no reply")


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric of a kind and arm.

    Attributes:
        scored: of how many replies that it applies to it has a value.
        length_ratio: beside each score against a reference: what is longer holds more of it.
        floors: what trivial systems score, in the order of the content's floors.
        warnings: why the number is to be read with care.
    """

    metric: str
    is_lower_better: bool
    mean: str
    interval: str
    scored: str
    length_ratio: str
    floors: Sequence[str]
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """The metrics of a kind and arm."""

    kind: Kind | None
    arm: Arm | None
    rows: Sequence[MetricRow]


def headline(content: ReportContent) -> list[Group]:
    """Return what each kind and arm is made to show."""
    return _groups(content, content.primary_cells())


def all_metrics(content: ReportContent) -> list[Group]:
    """Return every metric of every kind and arm, and of all authors apart where there are two."""
    return _groups(content, sorted((one for one in content.summary.cells if one.kind and one.arm), key=_by_kind))


def _by_kind(selector: Selector) -> tuple[str, ...]:
    return (selector.kind or "", selector.arm or "", selector.metric, selector.author or "")


def _groups(content: ReportContent, selectors: Sequence[Selector]) -> list[Group]:
    grouped = groupby(selectors, key=lambda one: (one.kind, one.arm))
    return [Group(kind, arm, [_metric_row(content, one) for one in group]) for (kind, arm), group in grouped]


def _metric_row(content: ReportContent, selector: Selector) -> MetricRow:
    cell = content.summary.cells[selector]
    lengths = Selector("length_ratio", selector.kind, selector.arm, selector.author)
    return MetricRow(
        metric=selector.metric + (f" ({selector.author})" if selector.author else ""),
        is_lower_better=direction_of(selector.metric) == "lower",
        mean=_mean(content.summary, selector),
        interval=shown_interval(cell.scored.interval if cell.scored else None),
        scored=f"{cell.n_scored} / {cell.n_eligible}",
        length_ratio=_mean(content.summary, lengths) if selector.metric.startswith(_AGAINST_REFERENCE) else "",
        floors=[_mean(floor, selector) for floor in content.floors.values()],
        warnings=list(_warnings(cell)),
    )


def _mean(summary: Summary, selector: Selector) -> str:
    cell = summary.cells.get(selector)
    return shown_number(cell.scored.mean if cell is not None and cell.scored is not None else None)


def _warnings(cell: Cell) -> Iterator[str]:
    if not cell.is_covered:
        yield f"{cell.coverage:.0%} scored"
    if not cell.is_enough:
        yield "too few to compare"
    if cell.gated != cell.scored and cell.gated is not None:
        yield f"{shown_number(cell.gated.mean)} with what the system left unscored as the worst"
    yield from (f"{reason} ({count})" for reason, count in cell.unscored.items())


def refusals(content: ReportContent) -> list[tuple[str, dict[str, int]]]:
    """Return what was expected, by arm, and how many replies answered, refused, did neither, or were none."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in content.taken:
        if row.kind != "known_item":
            counts[f"{content.cases[row.case].expect}, {row.arm}", _stance(row)] += 1
    expected = sorted({name for name, _ in counts})
    return [(name, {stance: counts[name, stance] for stance in _STANCES}) for name in expected]


def _stance(row: Scored) -> str:
    if row.metrics.get("undetermined"):
        return "undetermined"
    if "refused" not in row.metrics:
        return "no reply"
    return "refused" if row.metrics["refused"] else "answered"


@dataclass(frozen=True, slots=True)
class Blindness:
    """Which metric sees which known fault.

    Attributes:
        rows: each metric with what it makes of each fault; None where it has no value.
        unseen: faults that no metric sees.
    """

    faults: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Detection | None]]]
    unseen: Sequence[str]


def blindness(detections: Sequence[Detection]) -> Blindness:
    """Return the detection matrix, with the faults that nothing sees."""
    faults = list(dict.fromkeys(one.mutation for one in detections))
    metrics = list(dict.fromkeys(one.metric for one in detections))
    found = {(one.mutation, one.metric): one for one in detections}
    unseen = [name for name in blind_spots(detections)["any"] if name in faults]
    return Blindness(faults, [(name, [found.get((fault, name)) for fault in faults]) for name in metrics], unseen)


def costs(content: ReportContent) -> list[tuple[str, str]]:
    """Return what the run cost, in words, tokens, dollars and seconds."""
    replies = [subject.reply for _, subject in content.subjects]
    dollars = [one.cost_usd for one in replies]
    known = [one for one in dollars if one is not None]
    told = f"${math.fsum(known):.4f}" + (
        f", not known of {len(dollars) - len(known)}" if len(known) < len(dollars) else ""
    )
    rows = [
        ("replies", f"{len(replies):,}"),
        ("failed", f"{sum(bool(one.error) for one in replies):,}"),
        ("prompt tokens", f"{sum(one.prompt_tokens for one in replies):,}"),
        ("completion tokens", f"{sum(one.completion_tokens for one in replies):,}"),
        ("cost", told),
    ]
    if content.seconds:
        rows += [(f"seconds, {name}", f"{quantile(content.seconds, share):.2f}") for name, share in _SHARES]
    return rows


_SHARES: Final = (("p50", 0.5), ("p95", 0.95), ("longest", 1.0))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of some values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def manifest_rows(manifest: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what a run was made of, a name and a value a row, names of nested ones joined by dots."""
    return sorted(flat(manifest).items())
