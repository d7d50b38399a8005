"""Two runs set beside each other, case by case."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

import numpy as np

from evals.models import Arm, Scored
from evals.statistics.cells import LEAST_CLUSTERS, Selector, by_case, value_of
from evals.statistics.directions import direction_of, gain
from evals.statistics.halves import ALPHA, halve
from evals.statistics.means import SAMPLING, Clustered, Floats, Interval, Sampling, clustered_se
from rag.errors import ConfigurationError

DETECTABLE: Final = 2.80
"""Standard errors by which runs must differ to be told apart four times in five: 1.96 for 5 %, 0.84 for 80 %."""

_EQUAL: Final = 1e-9

Key = TypeVar("Key")
Verdict = Literal["better", "worse", "differs", "no difference shown", "too few to compare"]
"""``differs`` is said of metrics of which no value is better than another."""


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """The rows of a run.

    Attributes:
        hashes: sha256 of each case, by its url.
        embedder: fingerprint of what sentences were embedded with; None where they were not: support is told otherwise.
    """

    rows: Sequence[Scored]
    hashes: Mapping[str, str]
    embedder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much a metric differs between two runs, over the cases that both have.

    Attributes:
        before: mean of the first run over these cases.
        delta: mean of the second less that of the first; ``se`` is None over a single cluster.
        interval: by dealing clusters into halves, which leaves out 0 exactly where ``p`` is at most 0.05; None over so
            few clusters that none can be that sure.
        p: of a sign-flip permutation of whole clusters, two-sided; of rates with a case more each way.
        is_exact: whether all signs were tried.
        adjusted_p: the same by Holm over the gated metrics; None for others, which are exploratory.
        mcnemar_p: exact, where each case is right or wrong; cases count as independent.
        detectable: the least difference that these cases would show four times in five; None over a single cluster.
        n_unpaired: replies to which the metric applies in one run only.
    """

    selector: Selector
    before: float
    after: float
    delta: float
    interval: Interval | None
    se: float | None
    p: float
    is_exact: bool
    wins: int
    ties: int
    losses: int
    mcnemar_p: float | None
    detectable: float | None
    n_cases: int
    n_clusters: int
    n_unpaired: int
    adjusted_p: float | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are clusters enough to compare by."""
        return self.n_clusters >= LEAST_CLUSTERS

    @property
    def gain(self) -> float:
        """By how much the second run is better."""
        return gain(self.selector.metric, self.delta)

    @property
    def verdict(self) -> Verdict:
        """What may be said of the second run: that it differs where p is at most 0.05: the interval leaves out 0.

        Of gated metrics it is Holm's p, which asks for more than the interval of each by itself.
        """
        if not self.is_enough:
            return "too few to compare"
        p = self.p if self.adjusted_p is None else self.adjusted_p
        if p > ALPHA:
            return "no difference shown"
        if direction_of(self.selector.metric) == "none":
            return "differs"
        return "better" if self.gain > 0 else "worse"


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """Whether a metric got no worse than by a margin.

    Attributes:
        loss: by how much it got worse, with its interval.
        n_cases: how many cases would settle it, clustered alike, were the loss what it is; None where none would.
    """

    outcome: Literal["pass", "fail", "inconclusive"]
    margin: float
    loss: float
    interval: Interval | None
    n_cases: int | None = None


def compare(
    before: ScoredRun,
    after: ScoredRun,
    selectors: Iterable[Selector],
    gated: Collection[Selector] = (),
    sampling: Sampling = SAMPLING,
) -> dict[Selector, Difference]:
    """Return what differs between two runs, by selector; one that pairs no reply is left out.

    Replies are paired by case, arm and repeat. What a system left unscored counts as the worst value, so that a crash
    is no way out of a hard case. ``gated`` are judged together, by Holm's adjusted p.

    Raises:
        ConfigurationError: the runs share no case, or a case has changed between them.
    """
    check_same_cases(before, after)
    wanted = dict.fromkeys((*selectors, *gated))
    found = {selector: difference(before.rows, after.rows, selector, sampling) for selector in wanted}
    differences = {selector: one for selector, one in found.items() if one is not None}
    adjusted = holm({selector: differences[selector].p for selector in gated if selector in differences})
    return {selector: replace(one, adjusted_p=adjusted.get(selector)) for selector, one in differences.items()}


def check_same_cases(before: ScoredRun, after: ScoredRun) -> None:
    """Raise ConfigurationError where two runs were scored otherwise, share no case, or have one that has changed."""
    if before.embedder != after.embedder:
        raise ConfigurationError(
            f"the two runs were scored with {before.embedder or 'no embedder'} and {after.embedder or 'no embedder'}, "
            "which tell support otherwise: score one of them again as the other was"
        )
    shared = sorted({row.case for row in before.rows} & {row.case for row in after.rows})
    if not shared:
        raise ConfigurationError("the two runs share no case: compare runs over the same suite")
    changed = [case for case in shared if not before.hashes.get(case) or before.hashes[case] != after.hashes.get(case)]
    if changed:
        raise ConfigurationError(
            f"{len(changed)} of {len(shared)} cases are not known to be the same in both runs, such as {changed[0]}: "
            "run the first system again over the suite as it is now"
        )


def difference(
    before: Sequence[Scored], after: Sequence[Scored], selector: Selector, sampling: Sampling = SAMPLING
) -> Difference | None:
    """Return by how much a metric differs between rows paired by case, arm and repeat; None where no two are paired."""
    first, second = _values(before, selector), _values(after, selector)
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return None
    unpaired = len(first.keys() ^ second.keys())
    return _difference(selector, [(*first[key], second[key][1]) for key in shared], unpaired, sampling)


def arms_apart(rows: Sequence[Scored], selector: Selector, sampling: Sampling = SAMPLING) -> Difference | None:
    """Return the leak gap: by how much a metric is higher with the whole corpus; None where no case has both arms."""
    arms: dict[Arm, list[Scored]] = {"held_out": [], "open": []}
    for row in rows:
        arms[row.arm].append(replace(row, arm="open"))
    return difference(arms["held_out"], arms["open"], replace(selector, arm=None), sampling)


def _values(rows: Sequence[Scored], selector: Selector) -> dict[tuple[str, Arm, int], tuple[Scored, float]]:
    values = ((row, value_of(row, selector.metric)) for row in rows if selector.takes(row))
    return {(row.case, row.arm, row.repeat): (row, value) for row, value in values if value is not None}


def _difference(
    selector: Selector, pairs: Sequence[tuple[Scored, float, float]], unpaired: int, sampling: Sampling
) -> Difference:
    clusters, first = _case_means((row, one) for row, one, _ in pairs)
    _, second = _case_means((row, other) for row, _, other in pairs)
    apart = np.where(abs(second - first) <= _EQUAL, 0.0, second - first)
    clustered = Clustered.of(list(apart), clusters)
    n, se = clustered.n_clusters, clustered_se(clustered)
    halved = halve(clustered, sampling)
    gains = np.sign([gain(selector.metric, float(delta)) for delta in apart])
    return Difference(
        selector=selector,
        before=float(first.mean()),
        after=float(second.mean()),
        delta=clustered.mean,
        interval=halved.interval,
        se=se,
        p=halved.p,
        is_exact=halved.is_exact,
        wins=int((gains > 0).sum()),
        ties=int((gains == 0).sum()),
        losses=int((gains < 0).sum()),
        mcnemar_p=mcnemar_p(int((apart > 0).sum()), int((apart < 0).sum())) if _are_rates(first, second) else None,
        detectable=None if se is None else DETECTABLE * se,
        n_cases=len(apart),
        n_clusters=n,
        n_unpaired=unpaired,
    )


def _case_means(values: Iterable[tuple[Scored, float]]) -> tuple[list[str], Floats]:
    cases = by_case(values).values()
    return [cluster for cluster, _ in cases], np.asarray([math.fsum(one) / len(one) for _, one in cases])


def _are_rates(first: Floats, second: Floats) -> bool:
    return bool(np.isin(np.concatenate([first, second]), (0.0, 1.0)).all())


def mcnemar_p(gained: int, lost: int) -> float:
    """Return the exact two-sided p of McNemar's test, of how many cases changed either way."""
    changed, fewer = gained + lost, min(gained, lost)
    ways = sum(math.comb(changed, k) for k in range(fewer + 1))
    return min(1.0, 2 * ways / 2**changed)


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """Return p values such that each may be read by itself: Holm (1979)."""
    ranked = sorted(p_values.items(), key=lambda item: item[1])
    adjusted: dict[Key, float] = {}
    highest = 0.0
    for rank, (key, p) in enumerate(ranked):
        highest = max(highest, min(1.0, p * (len(ranked) - rank)))
        adjusted[key] = highest
    return adjusted


def non_inferiority(one: Difference, margin: float) -> NonInferiority:
    """Return whether the second run is no worse than by ``margin``: by the whole interval, or it is inconclusive.

    Too few clusters are inconclusive, whatever their interval.
    """
    least = math.ceil(LEAST_CLUSTERS * one.n_cases / one.n_clusters)
    if one.interval is None:
        return NonInferiority("inconclusive", margin, -one.gain, None, least)
    ends = sorted((-gain(one.selector.metric, one.interval.low), -gain(one.selector.metric, one.interval.high)))
    loss = Interval(ends[0], ends[1])
    if one.is_enough and loss.high <= margin:
        return NonInferiority("pass", margin, -one.gain, loss)
    if one.is_enough and loss.low > margin:
        return NonInferiority("fail", margin, -one.gain, loss)
    settled = _settled_by(one.n_cases, -one.gain, loss, margin)
    return NonInferiority("inconclusive", margin, -one.gain, loss, None if settled is None else max(settled, least))


def _settled_by(n_cases: int, loss: float, interval: Interval, margin: float) -> int | None:
    """Return how many cases would draw an end of the interval, which narrows by their square root, to the margin."""
    if abs(margin - loss) <= _EQUAL:
        return None
    half = interval.high - loss if loss < margin else loss - interval.low
    return math.ceil(n_cases * (half / (margin - loss)) ** 2)
