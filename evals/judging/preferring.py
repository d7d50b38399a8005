"""What a judge's preferences between two runs come to."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evals.judging.metrics import Preference
from evals.models import Arm, Case
from evals.statistics.cells import LEAST_CLUSTERS
from evals.statistics.means import SAMPLING, Clustered, Estimate, Sampling, estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """How often the first run's reply is preferred to the second's.

    Attributes:
        wins, ties, losses: pairs, as the first run has them.
        unscored: pairs without a verdict, by reason.
        consistent: pairs of which both orders say the same: the others are ties, since the judge prefers a place.
        share: mean of 1 for a win, a half for a tie, 0 for a loss, repeats of a case averaged first; None over no pair.
        longer_by: words that the first run's replies have more, on average over the pairs with a verdict.
        longer_won: of the pairs that one won and one is longer, in how many that is the same; `unequal`: of how many.
    """

    wins: int
    ties: int
    losses: int
    unscored: Mapping[str, int]
    consistent: int
    share: Estimate | None
    longer_by: float
    longer_won: int
    unequal: int

    @property
    def is_enough(self) -> bool:
        """Whether there are clusters enough to compare by."""
        return self.share is not None and self.share.n_clusters >= LEAST_CLUSTERS


def summed_up(found: Iterable[Preference], cases: Mapping[str, Case], sampling: Sampling = SAMPLING) -> Preferred:
    """Return what preferences come to, with an interval over the cases' clusters."""
    every = list(found)
    said = [(one, one.value) for one in every if one.value is not None]
    counts = Counter(value for _, value in said)
    decided = [(value > 0.5) == (one.longer_by > 0) for one, value in said if value != 0.5 and one.longer_by]
    return Preferred(
        wins=counts[1.0],
        ties=counts[0.5],
        losses=counts[0.0],
        unscored=dict(sorted(Counter(one.unscored for one in every if one.value is None).items())),
        consistent=sum(one.is_consistent is True for one, _ in said),
        share=_share(said, cases, sampling),
        longer_by=math.fsum(one.longer_by for one, _ in said) / len(said) if said else 0.0,
        longer_won=sum(decided),
        unequal=len(decided),
    )


def _share(said: Iterable[tuple[Preference, float]], cases: Mapping[str, Case], sampling: Sampling) -> Estimate | None:
    repeats: defaultdict[tuple[str, Arm], list[float]] = defaultdict(list)
    for one, value in said:
        repeats[one.place[:2]].append(value)
    if not repeats:
        return None
    own = dict(sorted(repeats.items()))
    means = [math.fsum(values) / len(values) for values in own.values()]
    return estimate(Clustered.of(means, [cases[case].cluster for case, _ in own]), sampling)
