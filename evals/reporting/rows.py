"""Plots of one line to a name: means with their intervals, differences, gaps, shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from evals.models import FailureClass
from evals.reporting.content import PRIMARY, ReportContent
from evals.reporting.summary import FAILURES, Failures
from evals.reporting.svg import Figure, Scale, below, box, diamond, dot, legend, line, spanning, text
from evals.reporting.writing import shown_interval, shown_number
from evals.statistics import Difference, Interval, Selector

_WIDTH: Final = 720
_LEFT: Final = 230
_RIGHT: Final = 590
_STEP: Final = 20

FAILURE_STYLES: Final[Mapping[FailureClass, str]] = {
    "none": "pale",
    "not_retrieved": "c2",
    "retrieved_not_used": "c5",
    "used_wrongly": "c3",
    "invented": "c6",
    "wrongly_refused": "c4",
    "wrongly_answered": "c1",
    "no_reply": "c7",
}


def means(content: ReportContent) -> Figure | None:
    """Return a dot and an interval for each kind's own metrics, with those of the floors as diamonds."""
    wanted = [one for one in content.primary_cells() if _is_share(content, one)]
    if not wanted:
        return None
    scale = Scale(0, 1, _LEFT, _RIGHT)
    y, marks = 44.0, list(legend(_LEFT, 16, [("c0", content.name), *((f"c{n}", f) for n, f in _floors(content))], 400))
    for (kind, arm), group in groupby(wanted, key=lambda one: (one.kind, one.arm)):
        marks.append(text(8, y + 4, f"{kind}, {arm}", "strong"))
        y += _STEP
        for selector in group:
            marks.extend(_mean(content, selector, scale, y))
            y += _STEP
    axis = list(below(scale, 30, y - 6, "mean, with its 95 % interval"))
    return Figure("means", "Means by kind", "The same numbers stand in the table above.", _WIDTH, y + 34, axis + marks)


def _is_share(content: ReportContent, selector: Selector) -> bool:
    scored = content.summary.cells[selector].scored
    return scored is not None and scored.lowest >= 0 and scored.highest <= 1


def _floors(content: ReportContent) -> list[tuple[int, str]]:
    return list(enumerate(content.floors, start=1))


def _mean(content: ReportContent, selector: Selector, scale: Scale, y: float) -> Iterator[str]:
    scored = content.summary.cells[selector].scored
    assert scored is not None  # noqa: S101 only what is scored is drawn
    told = f"{selector}: {shown_number(scored.mean)}, {shown_interval(scored.interval)}"
    yield text(_LEFT - 10, y + 4, selector.metric, "", "end")
    yield from whisker(scored.interval, scale, y)
    for number, name in _floors(content):
        floor = content.floors[name].cells.get(selector)
        if floor is not None and floor.scored is not None:
            yield diamond(scale(floor.scored.mean), y, f"c{number}", f"{name}: {shown_number(floor.scored.mean)}")
    yield dot(scale(scored.mean), y, "c0", told, 4.5)
    yield text(_RIGHT + 12, y + 4, f"{shown_number(scored.mean)}  (n {scored.n_cases})", "tick")


def whisker(interval: Interval | None, scale: Scale, y: float) -> Iterator[str]:
    """Give an interval as a line across; nothing where there is none."""
    if interval is not None:
        yield line(scale(interval.low), y, scale(interval.high), y, "whisker")


def forest(differences: Sequence[Difference]) -> Figure | None:
    """Return by how much each metric differs from the baseline; grey is what these cases would not show."""
    if not differences:
        return None
    reach = [abs(end) for one in differences for end in _ends(one)]
    scale = spanning(reach, 0.02, _LEFT + 50, _RIGHT - 20)
    bottom = 26.0 + _STEP * len(differences)
    marks = list(below(scale, 14, bottom, "this run less the baseline, with its 95 % interval"))
    marks.append(line(scale(0), 14, scale(0), bottom, "zero"))
    for at, one in enumerate(differences):
        marks.extend(_difference(one, scale, 30.0 + _STEP * at))
    told = (
        "Grey spans the difference that so many cases would show four times in five. The table below has the numbers."
    )
    return Figure("forest", "Differences from the baseline", told, _WIDTH, bottom + 44, marks)


def _ends(one: Difference) -> Iterable[float]:
    return (one.delta, one.detectable or 0.0, *((one.interval.low, one.interval.high) if one.interval else ()))


def _difference(one: Difference, scale: Scale, y: float) -> Iterator[str]:
    reach = one.detectable or 0.0
    yield text(_LEFT + 40, y + 4, str(one.selector), "", "end")
    yield box(scale(-reach), y - 6, scale(reach) - scale(-reach), 12, "band")
    yield from whisker(one.interval, scale, y)
    told = f"{one.selector}: {one.delta:+.3f}, {shown_interval(one.interval)}"
    yield dot(scale(one.delta), y, {"better": "c0", "worse": "c6"}.get(one.verdict, "c7"), told, 4.5)
    yield text(_RIGHT - 12, y + 4, one.verdict, "tick")


def leak_gaps(content: ReportContent) -> Figure | None:
    """Return for each metric of both arms its mean with sources hidden, and with the whole corpus."""
    gaps = [
        gap
        for selector, gap in content.summary.leak_gaps.items()
        if selector.kind and selector.metric in PRIMARY[selector.kind] and 0 <= gap.before <= 1 and 0 <= gap.after <= 1
    ]
    if not gaps:
        return None
    scale = Scale(0, 1, _LEFT + 50, _RIGHT)
    marks = list(legend(_LEFT + 50, 16, [("pale", "held out"), ("c0", "whole corpus")]))
    y = 36.0
    for gap in gaps:
        marks.append(text(_LEFT + 40, y + 14, str(gap.selector), "", "end"))
        for bar, (mean, style) in enumerate(((gap.before, "pale"), (gap.after, "c0"))):
            width = scale(mean) - scale(0)
            marks.append(box(scale(0), y + 11 * bar, width, 10, style, f"{gap.selector}: {shown_number(mean)}"))
        marks.append(text(_RIGHT + 12, y + 14, f"gap {gap.delta:+.3f}", "tick"))
        y += 30
    axis = list(below(scale, 28, y, "mean"))
    told = "; ".join(f"{gap.selector} {gap.before:.3f} held out, {gap.after:.3f} whole" for gap in gaps)
    return Figure("leak-gaps", "Leak gap", told, _WIDTH, y + 44, axis + marks)


def failures(found: Sequence[Failures]) -> Figure | None:
    """Return the share of replies of each kind and arm that went wrong in which way first."""
    if not found:
        return None
    scale = Scale(0, 1, _LEFT, _RIGHT)
    marks = list(legend(8, 16, [(FAILURE_STYLES[name], name) for name in FAILURES], 700))
    y = 56.0
    for one in found:
        marks.extend(_stack(one, scale, y))
        y += 24
    axis = list(below(scale, 48, y, "share of replies"))
    return Figure("failures", "What went wrong first", "The table below has the numbers.", _WIDTH, y + 44, axis + marks)


def _stack(one: Failures, scale: Scale, y: float) -> Iterator[str]:
    whole, before = sum(one.counts.values()), 0
    yield text(_LEFT - 10, y + 13, f"{one.kind}, {one.arm}", "", "end")
    for name in FAILURES:
        count = one.counts[name]
        if count:
            x = scale(before / whole)
            width = scale((before + count) / whole) - x
            yield box(x, y, width - 0.8, 17, FAILURE_STYLES[name], f"{name}: {count} of {whole}")
            before += count
    yield text(_RIGHT + 12, y + 13, f"{whole - one.counts['none']} of {whole}", "tick")
