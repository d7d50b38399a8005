"""Plots as SVG text: marks, scales and axes, as few as the report needs; the same bytes for the same values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final, Literal

STYLE: Final = Path(__file__).with_name("templates").joinpath("plots.css").read_text(encoding="utf-8")
"""Colours and type of plots, light and dark: in the page once, and in each file."""

REPORT: Final = "../report.html"
"""Where the page lies, seen from the files of plots."""

_NEARLY: Final = 1e-9
Anchor = Literal["start", "middle", "end"]

_CONTROLS: Final = dict.fromkeys((*range(32), 127, 0xFFFE, 0xFFFF), " ")
"""Characters that XML has no place for."""


def plain(words: str) -> str:
    """Return text as it may stand in SVG and HTML, within an attribute too."""
    return escape(words.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot.

    Attributes:
        name: of its file.
        told: what it shows, for who does not see it.
        marks: SVG elements.
    """

    name: str
    title: str
    told: str
    width: float
    height: float
    marks: Sequence[str]

    @property
    def inline(self) -> str:
        """Return it as an element of a page that has `STYLE`."""
        return self._written("")

    @property
    def alone(self) -> str:
        """Return it as a file; its links lead to the page."""
        marks = self._written(f'<style>{STYLE}</style><rect class="paper" width="100%" height="100%"/>')
        return marks.replace('href="#', f'href="{REPORT}#') + "\n"

    def _written(self, first: str) -> str:
        role = "group" if any("<a " in mark for mark in self.marks) else "img"
        width, height = number(self.width), number(self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="{role}"'
            f' aria-label="{plain(f"{self.title}. {self.told}")}">{first}{"".join(self.marks)}</svg>'
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to places: from ``low`` at ``start`` to ``high`` at ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value; what lies beyond an end is drawn at it."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, count: int = 5) -> list[float]:
        """Return round values about evenly apart."""
        rough = (self.high - self.low) / count
        power = 10.0 ** math.floor(math.log10(rough) + _NEARLY)
        step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough * (1 - _NEARLY))
        first, last = math.ceil(self.low / step - _NEARLY), math.floor(self.high / step + _NEARLY)
        return [round(step * at, 10) for at in range(first, last + 1)]


def spanning(values: Iterable[float], least: float, start: float, end: float) -> Scale:
    """Return a scale around zero that holds some values, and reaches ``least`` on either side."""
    reach = max([least, *map(abs, values)]) * 1.08
    return Scale(-reach, reach, start, end)


def number(value: float) -> str:
    """Return a coordinate, to a tenth of a pixel."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def text(x: float, y: float, words: str, style: str = "", anchor: Anchor = "start") -> str:
    """Return words at a place."""
    styled = f' class="{style}"' if style else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{number(x)}" y="{number(y)}"{styled}{anchored}>{plain(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """Return a line."""
    ends = " ".join(f'{name}="{number(at)}"' for name, at in (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)))
    return f'<line {ends} class="{style}"/>'


def box(  # noqa: PLR0913, PLR0917 as many words as a rectangle has
    x: float, y: float, width: float, height: float, style: str, told: str = ""
) -> str:
    """Return a rectangle, with what it tells when pointed at."""
    sides = f'x="{number(x)}" y="{number(y)}" width="{number(max(0.0, width))}" height="{number(height)}"'
    return f'<rect {sides} class="{style}">{_told(told)}</rect>'


def dot(x: float, y: float, style: str, told: str = "", radius: float = 4) -> str:
    """Return a dot, with what it tells when pointed at."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" class="{style}">{_told(told)}</circle>'


def diamond(x: float, y: float, style: str, told: str = "") -> str:
    """Return a diamond: a mark that is told from a dot without colour."""
    at = f"M{number(x)} {number(y - 5)}l5 5l-5 5l-5 -5z"
    return f'<path d="{at}" class="{style}">{_told(told)}</path>'


def path(points: Sequence[tuple[float, float]], style: str) -> str:
    """Return a line through points."""
    steps = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polyline points="{steps}" class="{style}"/>'


def to_case(anchor: str, mark: str) -> str:
    """Return a mark that leads to a case; the keyboard has the lists of cases for that."""
    return f'<a href="#{plain(anchor)}" tabindex="-1">{mark}</a>'


def below(scale: Scale, top: float, bottom: float, name: str) -> Iterator[str]:
    """Give an axis below a plot, with lines up through it."""
    for tick in scale.ticks():
        yield line(scale(tick), top, scale(tick), bottom, "grid")
        yield text(scale(tick), bottom + 16, f"{tick:g}", "tick", "middle")
    yield text((scale.start + scale.end) / 2, bottom + 34, name, "axis", "middle")


def beside(scale: Scale, left: float, right: float, name: str) -> Iterator[str]:
    """Give an axis left of a plot, with lines across it; its name stands above."""
    for tick in scale.ticks():
        yield line(left, scale(tick), right, scale(tick), "grid")
        yield text(left - 6, scale(tick) + 4, f"{tick:g}", "tick", "end")
    yield text(left - 30, min(scale.start, scale.end) - 12, name, "axis")


def legend(x: float, y: float, names: Sequence[tuple[str, str]], width: float = 640) -> Iterator[str]:
    """Give a row of names with their colours, in as many lines as they need; y is the first line's."""
    at = x
    for style, name in names:
        needed = 26 + 6.6 * len(name)
        if at > x and at + needed > x + width:
            at, y = x, y + 18
        yield box(at, y - 9, 11, 11, style)
        yield text(at + 16, y, name, "tick")
        at += needed


def _told(words: str) -> str:
    return f"<title>{plain(words)}</title>" if words else ""
