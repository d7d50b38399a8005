"""Cells of a summary: one metric over the cases of one kind and arm, with how much of it was scored."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, get_args

import numpy as np

from evals.models import Arm, Author, Kind, Scored
from evals.statistics.directions import worst_of
from evals.statistics.means import SAMPLING, Clustered, Estimate, Sampling, estimate

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ARMS: Final[tuple[Arm, ...]] = get_args(Arm)

LEAST_COVERAGE: Final = 0.98
"""Share of the replies that a metric applies to that must be scored for a run to be valid."""

LEAST_CLUSTERS: Final = 20
"""Below which two runs are too few to compare: a bootstrap over fewer is too narrow (Cameron et al., 2008)."""

BY_SYSTEM: Final = "system"
"""How the reason begins where the system is to blame: it crashed, or said nothing. Any other: judge or harness."""

_SELECTOR = re.compile(r"(?P<metric>[a-z0-9_@]+)(?:\[(?P<words>[a-z_, ]+)\])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric, and of which cases: ``content_f1[held_out_paraphrase, held_out]``; None takes all."""

    metric: str
    kind: Kind | None = None
    arm: Arm | None = None
    author: Author | None = None

    @classmethod
    def parse(cls, text: str) -> Selector:
        """Read a metric with its kind or arm in brackets, in any order.

        Raises:
            ValueError: it is written another way, or a word is neither a kind nor an arm.
        """
        found = _SELECTOR.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no metric, such as `grounding` or `content_f1[synthesis]`")
        words = [word.strip() for word in (found["words"] or "").split(",") if word.strip()]
        kinds: list[Kind] = [kind for kind in KINDS if kind in words]
        arms: list[Arm] = [arm for arm in ARMS if arm in words]
        strange = sorted(set(words) - set(kinds) - set(arms))
        if strange:
            raise ValueError(f"{strange[0]!r} is neither a kind ({', '.join(KINDS)}) nor an arm ({', '.join(ARMS)})")
        if len(kinds) > 1 or len(arms) > 1 or (found["words"] is not None and not words):
            raise ValueError(f"{text!r} must name one kind, one arm, or one of each")
        return cls(found["metric"], kinds[0] if kinds else None, arms[0] if arms else None)

    def takes(self, row: Scored) -> bool:
        """Return whether a row is of the kind, the arm and the author."""
        return self.kind in {None, row.kind} and self.arm in {None, row.arm} and self.author in {None, row.author}

    def order(self) -> tuple[str, ...]:
        """Return what selectors are sorted by."""
        return (self.metric, self.kind or "", self.arm or "", self.author or "")

    def __str__(self) -> str:
        words = ", ".join(word for word in (self.kind, self.arm, self.author) if word)
        return f"{self.metric}[{words}]" if words else self.metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A metric over some cases.

    Attributes:
        scored: the mean of what was scored, repeats averaged within each case; None where nothing was.
        gated: the same with the worst value for what the system left unscored: what gates read.
        n_scored: replies with a value.
        n_eligible: replies that the metric applies to.
        unscored: how many have no value, by reason.
        extremes: the mean were every other unscored reply the worst, and the best; None where there is none, or the
            metric is no share.
        repeat_sd: standard deviation between repeats of a case; None without repeats.
    """

    selector: Selector
    scored: Estimate | None
    gated: Estimate | None
    n_scored: int
    n_eligible: int
    unscored: Mapping[str, int]
    extremes: tuple[float, float] | None
    repeat_sd: float | None

    @property
    def coverage(self) -> float:
        """The share of eligible replies that is scored."""
        return self.n_scored / self.n_eligible

    @property
    def is_covered(self) -> bool:
        """Whether so much is scored that the mean may be relied on."""
        return self.coverage >= LEAST_COVERAGE

    @property
    def is_enough(self) -> bool:
        """Whether there are so many clusters that two runs may be compared."""
        return self.gated is not None and self.gated.n_clusters >= LEAST_CLUSTERS


def value_of(row: Scored, metric: str) -> float | None:
    """Return a row's value as gates read it: the worst where the system left it unscored; None where it has none."""
    if metric in row.metrics:
        return row.metrics[metric]
    return worst_of(metric) if row.unscored.get(metric, "").startswith(BY_SYSTEM) else None


def cell(rows: Iterable[Scored], selector: Selector, sampling: Sampling = SAMPLING) -> Cell | None:
    """Return the cell of a selector; None where the metric applies to no row."""
    metric = selector.metric
    taken = [row for row in rows if selector.takes(row) and (metric in row.metrics or metric in row.unscored)]
    if not taken:
        return None
    missing = Counter(row.unscored[metric] for row in taken if metric not in row.metrics)
    scored = [(row, row.metrics[metric]) for row in taken if metric in row.metrics]
    gated = [(row, value) for row in taken if (value := value_of(row, metric)) is not None]
    blameless = len(taken) - len(gated)
    whole = _estimate(scored, sampling)
    return Cell(
        selector=selector,
        scored=whole,
        gated=whole if len(gated) == len(scored) else _estimate(gated, sampling),
        n_scored=len(scored),
        n_eligible=len(taken),
        unscored=dict(sorted(missing.items())),
        extremes=_extremes(taken, metric, worst_of(metric)) if blameless else None,
        repeat_sd=_repeat_sd(scored),
    )


def cells_of(rows: Sequence[Scored], sampling: Sampling = SAMPLING) -> dict[Selector, Cell]:
    """Return the cells of all metrics: by kind and arm, over all of each, and by author where there are two."""
    metrics = sorted({name for row in rows for name in (*row.metrics, *row.unscored)})
    authors: list[Author | None] = [None]
    if len({row.author for row in rows}) > 1:
        authors += get_args(Author)
    found: dict[Selector, Cell] = {}
    for kind, arm, author, metric in product((None, *KINDS), (None, *ARMS), authors, metrics):
        one = cell(rows, Selector(metric, kind, arm, author), sampling)
        if one is not None:
            found[one.selector] = one
    return dict(sorted(found.items(), key=lambda item: item[0].order()))


def by_case(values: Iterable[tuple[Scored, float]]) -> dict[tuple[str, Arm], tuple[str, list[float]]]:
    """Return the cluster and the repeats' values of each case and arm, sorted."""
    gathered: dict[tuple[str, Arm], tuple[str, list[float]]] = {}
    for row, value in values:
        gathered.setdefault((row.case, row.arm), (row.cluster, []))[1].append(value)
    return dict(sorted(gathered.items()))


def _estimate(values: Iterable[tuple[Scored, float]], sampling: Sampling) -> Estimate | None:
    cases = by_case(values).values()
    if not cases:
        return None
    means = [math.fsum(repeats) / len(repeats) for _, repeats in cases]
    return estimate(Clustered.of(means, [cluster for cluster, _ in cases]), sampling)


def _extremes(rows: Sequence[Scored], metric: str, worst: float | None) -> tuple[float, float] | None:
    if worst is None:
        return None
    means: list[float] = []
    for missing in (worst, 1 - worst):
        given = [(row, value_of(row, metric)) for row in rows]
        cases = by_case((row, missing if value is None else value) for row, value in given).values()
        means.append(math.fsum(math.fsum(repeats) / len(repeats) for _, repeats in cases) / len(cases))
    return means[0], means[1]


def _repeat_sd(values: Iterable[tuple[Scored, float]]) -> float | None:
    """Return the standard deviation within cases, pooled over those with several repeats."""
    several = [np.asarray(repeats) for _, repeats in by_case(values).values() if len(repeats) > 1]
    if not several:
        return None
    squares = math.fsum(float(((one - one.mean()) ** 2).sum()) for one in several)
    return math.sqrt(squares / sum(len(one) - 1 for one in several))
