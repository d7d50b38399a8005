"""How far a judge says what people say: measured anew with each run, since a server's model may change unseen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.judging.judgement import CREDITS, Judgement, JudgeName, Question
from evals.judging.labelled import LabelledItem
from evals.judging.metrics import METRICS, pair_verdict
from evals.judging.running import Judging
from evals.statistics.agreement import Agreement, cohen_kappa, krippendorff_alpha
from evals.statistics.cells import LEAST_COVERAGE
from evals.statistics.correcting import Corrected, corrected_mean
from evals.statistics.means import SAMPLING, Sampling

LEAST_KAPPA: Final = 0.6
"""From where agreement is substantial (Landis and Koch, 1977); below it a judge's numbers gate nothing."""

LEAST_LABELS: Final = 100
"""From where a judge's mean is corrected: with fewer, the correction's own interval says next to nothing."""

_REPEATS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCalibration:
    """How far one judge says what people say.

    Attributes:
        n: items with a verdict, of the first time it was asked.
        unscored: how many items have none, by reason.
        kappa: Cohen's, of words that differ or not; alpha: Krippendorff's, of words in their order.
        confusion: how often the judge said what, by what people say.
        by_stratum: items on which both agree, and items, by stratum.
        self_consistency: share of items of which it says the same when it is asked again; None where it never did.
        swap_consistency: share of pairs of which it says the same in both orders; None for other judges.
        errors: what the verdict counts for less what the label does, by item; error_clusters: their clusters.
    """

    n: int
    unscored: Mapping[str, int]
    kappa: Agreement
    alpha: Agreement
    confusion: Mapping[str, Mapping[str, int]]
    by_stratum: Mapping[str, tuple[int, int]]
    self_consistency: float | None
    swap_consistency: float | None
    errors: tuple[float, ...]
    error_clusters: tuple[str, ...]

    @property
    def may_gate(self) -> bool:
        """Return whether a gate may read this judge's numbers: it agrees with people, and says something."""
        is_covered = self.n >= LEAST_COVERAGE * (self.n + sum(self.unscored.values()))
        return is_covered and self.kappa.value is not None and self.kappa.value >= LEAST_KAPPA

    def correct(self, values: Sequence[float], clusters: Sequence[str]) -> Corrected | None:
        """Return the mean of a judge's metric with its bias on the labelled items taken out; None with too few of them.

        Args:
            values: of the metric whose items count as `evals.judging.judgement.CREDITS` has it.
        """
        if self.n < LEAST_LABELS or not values:
            return None
        return corrected_mean(values, clusters, self.errors, self.error_clusters)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge's calibration, by what it is asked."""

    model: str
    tasks: Mapping[JudgeName, TaskCalibration]

    def may_gate(self, judge: JudgeName) -> bool:
        """Return whether a gate may read this judge's numbers; never where nobody labelled anything for it."""
        return judge in self.tasks and self.tasks[judge].may_gate

    def may_gate_metric(self, metric: str) -> bool:
        """Return whether a gate may read a metric: any that is no judge's, and those of judges that are calibrated."""
        return metric not in METRICS or self.may_gate(METRICS[metric])


def calibrate(items: Iterable[LabelledItem], judging: Judging, sampling: Sampling = SAMPLING) -> Calibration:
    """Ask a judge twice about what people have labelled, pairs in both orders.

    Raises:
        ProviderError: the server refuses, or nothing more may be spent; what came until then was recorded.
    """
    kept = list(items)
    return calibrated(kept, judging.judge.model.name, judging.ask_all(calibration_questions(kept)), sampling)


def calibration_questions(items: Iterable[LabelledItem]) -> list[Question]:
    """Return what a judge is asked to be calibrated."""
    return [question for item in items for repeat in range(_REPEATS) for question in item.questions(repeat)]


def calibrated(
    items: Iterable[LabelledItem], model: str, judgements: Iterable[Judgement], sampling: Sampling = SAMPLING
) -> Calibration:
    """Return the calibration that a model's judgements of labelled items come to.

    A task of which an item was not asked is left out: a calibration that was stopped says nothing.
    """
    by_task: defaultdict[JudgeName, list[LabelledItem]] = defaultdict(list)
    for item in items:
        by_task[item.task].append(item)
    said: defaultdict[tuple[str, int], list[Judgement]] = defaultdict(list)
    for one in judgements:
        said[one.case, one.repeat].append(one)
    tasks: dict[JudgeName, TaskCalibration] = {}
    for task, own in by_task.items():
        if all((item.id, 0) in said for item in own):
            tasks[task] = _calibration(task, own, said, sampling)
    return Calibration(model, tasks)


def _calibration(
    task: JudgeName,
    items: Sequence[LabelledItem],
    said: Mapping[tuple[str, int], Sequence[Judgement]],
    sampling: Sampling,
) -> TaskCalibration:
    verdicts = [tuple(_word(task, said[item.id, repeat]) for repeat in range(_REPEATS)) for item in items]
    pairs = [(item, first) for item, (first, _) in zip(items, verdicts, strict=True) if first is not None]
    twice = [first == second for first, second in verdicts if first is not None and second is not None]
    orders = [found[1] for item in items if (found := pair_verdict(said[item.id, 0])) is not None]
    missing = [_reason(said[item.id, 0]) for item, (first, _) in zip(items, verdicts, strict=True) if first is None]
    labels, words = [item.label for item, _ in pairs], [word for _, word in pairs]
    clusters, worth = [item.cluster for item, _ in pairs], CREDITS[task]
    order = list(worth)
    ratings = [[float(order.index(label)), float(order.index(word))] for label, word in zip(labels, words, strict=True)]
    return TaskCalibration(
        n=len(pairs),
        unscored=dict(sorted(Counter(missing).items())),
        kappa=cohen_kappa(labels, words, clusters, sampling) if pairs else _UNKNOWN,
        alpha=krippendorff_alpha(ratings, clusters, "ordinal", sampling) if pairs else _UNKNOWN,
        confusion=_confusion(order, labels, words),
        by_stratum=_by_stratum(pairs),
        self_consistency=_share(twice),
        swap_consistency=_share(orders) if task == "pairwise" else None,
        errors=tuple(worth[word] - worth[label] for label, word in zip(labels, words, strict=True)),
        error_clusters=tuple(clusters),
    )


_UNKNOWN: Final = Agreement(None, None, 0, 0)


def _word(task: JudgeName, judgements: Sequence[Judgement]) -> str | None:
    """Return what a judge said of an item; None where it gave no verdict."""
    if task == "pairwise":
        found = pair_verdict(judgements)
        return None if found is None else found[0]
    return next((word for one in judgements for word in one.verdicts.values()), None)


def _reason(judgements: Sequence[Judgement]) -> str:
    return next(reason for one in judgements for reason in one.unscored.values())


def _share(claims: Sequence[bool]) -> float | None:
    return sum(claims) / len(claims) if claims else None


def _confusion(order: Sequence[str], labels: Sequence[str], words: Sequence[str]) -> dict[str, dict[str, int]]:
    counts = Counter(zip(labels, words, strict=True))
    return {label: {word: counts[label, word] for word in order} for label in order}


def _by_stratum(pairs: Sequence[tuple[LabelledItem, str]]) -> dict[str, tuple[int, int]]:
    agreed, all_of = Counter[str](), Counter[str]()
    for item, word in pairs:
        all_of[item.stratum] += 1
        agreed[item.stratum] += item.label == word
    return {stratum: (agreed[stratum], all_of[stratum]) for stratum in sorted(all_of)}
