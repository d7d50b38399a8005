"""How headline metrics went, run by run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.reporting.svg import Figure, Scale, beside, dot, legend, line, path, text

_WIDTH: Final = 720
_LEFT: Final = 56
_RIGHT: Final = 700
_PANEL: Final = 110
_MOST_LABELS: Final = 8
_EDGE: Final = 24


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """A run among others.

    Attributes:
        label: when it was, as people read it.
        series: what was measured over what: runs of another system or of other cases are another series.
        metrics: mean, low and high end of the interval, by name.
    """

    run: str
    label: str
    series: str
    metrics: Mapping[str, tuple[float, float, float]]


def history_svg(points: Sequence[HistoryPoint]) -> str:
    """Return a plot of each metric over runs, the oldest first; runs of one series are joined."""
    return history(points).alone


def history(points: Sequence[HistoryPoint]) -> Figure:
    """Return the same as a figure."""
    series = list(dict.fromkeys(one.series for one in points))
    names = list(dict.fromkeys(name for one in points for name in one.metrics))
    x = Scale(0, max(1, len(points) - 1), _LEFT + _EDGE, _RIGHT - _EDGE)
    marks: list[str] = []
    top = 28.0
    for name in names:
        marks.extend(_panel(name, points, series, x, top))
        top += _PANEL + 44
    each = -(-len(points) // _MOST_LABELS)
    last = top - 24
    marks += [text(x(at), last, one.label, "tick", "middle") for at, one in enumerate(points) if at % each == 0]
    marks += legend(_LEFT, last + 28, [(f"c{at % 8}", name) for at, name in enumerate(series)], 0)
    told = "; ".join(f"{name} {_ends(name, points)}" for name in names)
    return Figure("history", f"{len(points)} runs", told, _WIDTH, last + 24 + 18 * len(series), marks)


def _panel(name: str, points: Sequence[HistoryPoint], series: Sequence[str], x: Scale, top: float) -> Iterator[str]:
    values = [value for one in points for value in one.metrics.get(name, ())]
    y = Scale(0, max(1.0, *values), top + _PANEL, top)
    yield from beside(y, _LEFT, _RIGHT, name)
    for at, each in enumerate(series):
        own = [(n, one) for n, one in enumerate(points) if one.series == each and name in one.metrics]
        yield path([(x(n), y(one.metrics[name][0])) for n, one in own], f"l{at % 8}")
        for n, one in own:
            mean, low, high = one.metrics[name]
            yield line(x(n), y(low), x(n), y(high), "whisker")
            yield dot(x(n), y(mean), f"c{at % 8}", f"{one.run}, {each}: {mean:.3f}, {low:.3f} to {high:.3f}")


def _ends(name: str, points: Sequence[HistoryPoint]) -> str:
    found = [one.metrics[name][0] for one in points if name in one.metrics]
    return f"{found[0]:.3f} at first, {found[-1]:.3f} at last"
