"""The means of a judge's metrics with its errors on what people labelled taken out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from evals.judging.calibration import Calibration
from evals.judging.judgement import JudgeName
from evals.models import Scored
from evals.statistics.cells import by_case
from evals.statistics.correcting import Corrected

WHOLE: Final[Mapping[JudgeName, str]] = {
    "nuggets": "judge_nugget_recall_all_half",
    "support": "judge_support",
    "contradiction": "judge_contradiction",
}
"""The metric of each judge that counts its verdicts as labels are counted; see `evals.judging.judgement.CREDITS`."""


def corrected_means(rows: Iterable[Scored], calibration: Calibration) -> dict[str, Corrected]:
    """Return the corrected mean over rows of each such metric whose judge has labels enough, repeats averaged first."""
    scored, found = list(rows), dict[str, Corrected]()
    for judge, metric in WHOLE.items():
        values = by_case((row, row.metrics[metric]) for row in scored if metric in row.metrics).values()
        means = [math.fsum(repeats) / len(repeats) for _, repeats in values]
        if judge in calibration.tasks:
            corrected = calibration.tasks[judge].correct(means, [cluster for cluster, _ in values])
            found |= {} if corrected is None else {metric: corrected}
    return found
