"""What scores say, and how surely: intervals, comparisons of two runs, agreement with people, gates."""

from evals.statistics.agreement import Agreement, cohen_kappa, krippendorff_alpha
from evals.statistics.cells import Cell, Selector, cell, cells_of
from evals.statistics.comparing import Difference, ScoredRun, arms_apart, compare, holm, non_inferiority
from evals.statistics.correlation import WithPeople, with_people
from evals.statistics.gates import GateResult, GateResults, Gates, judge_gates, read_gates
from evals.statistics.means import Clustered, Estimate, Interval, Sampling, estimate, rule_of_three, wilson

__all__ = [
    "Agreement",
    "Cell",
    "Clustered",
    "Difference",
    "Estimate",
    "GateResult",
    "GateResults",
    "Gates",
    "Interval",
    "Sampling",
    "ScoredRun",
    "Selector",
    "WithPeople",
    "arms_apart",
    "cell",
    "cells_of",
    "cohen_kappa",
    "compare",
    "estimate",
    "holm",
    "judge_gates",
    "krippendorff_alpha",
    "non_inferiority",
    "read_gates",
    "rule_of_three",
    "wilson",
    "with_people",
]
