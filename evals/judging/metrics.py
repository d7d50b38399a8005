"""Judgements as metrics of replies, and as preferences between two runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from evals.judging.asking import A_FIRST, B_FIRST
from evals.judging.judgement import CREDITS, Judgement, JudgeName
from evals.judging.running import Place, place_of
from evals.models import Case, Reply, Scored

_DECIMALS: Final = 6

METRICS: Final[Mapping[str, JudgeName]] = {
    "judge_nugget_recall_vital": "nuggets",
    "judge_nugget_recall_vital_half": "nuggets",
    "judge_nugget_recall_all": "nuggets",
    "judge_nugget_recall_all_half": "nuggets",
    "judge_support": "support",
    "judge_claims_contradicted": "support",
    "judge_contradiction": "contradiction",
}
"""The metrics of `judged_metrics`, and which judge's word each is."""

_MEANS: Final[Sequence[tuple[str, JudgeName, Callable[[str], float]]]] = (
    ("judge_support", "support", CREDITS["support"].__getitem__),
    ("judge_claims_contradicted", "support", lambda word: word == "contradicts"),
    ("judge_contradiction", "contradiction", CREDITS["contradiction"].__getitem__),
)
"""The metrics that are means over all that a judge was asked of a reply."""

SWAPPED: Final = {"a": "b", "b": "a", "tie": "tie"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What judges say of one reply, as `evals.models.Scored` has it."""

    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    unscored: Mapping[str, str] = field(default_factory=dict[str, str])


def judged_metrics(judgements: Iterable[Judgement], cases: Mapping[str, Case]) -> dict[Place, Judged]:
    """Return the metrics of each reply that was judged, in the order of the judgements.

    ``judge_nugget_recall_vital`` and ``_all`` count stated nuggets, with ``_half`` those stated in part by half;
    ``judge_support`` is the mean over cited claims, 1 in full and a half in part; ``judge_claims_contradicted`` the
    share of them that their source contradicts; ``judge_contradiction`` is 1 where the answer contradicts the
    reference. A metric of which one item has no verdict has no value.

    Of two judgements under one key the last counts, and of each judge those by the model and the prompt that it was
    last asked with: what only another model or prompt said of is unscored.
    """
    told = list(judgements)
    asked_with: dict[JudgeName, tuple[str, str]] = {one.judge: (one.model, one.prompt) for one in told}
    found: defaultdict[Place, defaultdict[JudgeName, list[Judgement]]] = defaultdict(lambda: defaultdict(list))
    for one in {one.key: one for one in told}.values():
        found[one.case, one.arm, one.repeat][one.judge].append(one)
    return {place: _judged(by_judge, cases[place[0]], asked_with) for place, by_judge in found.items()}


def with_judged(scored: Iterable[Scored], judged: Mapping[Place, Judged]) -> list[Scored]:
    """Return scores with what judges say beside the other metrics."""
    return [_joined(one, judged.get((one.case, one.arm, one.repeat), Judged())) for one in scored]


def _joined(scored: Scored, judged: Judged) -> Scored:
    metrics, unscored = {**scored.metrics, **judged.metrics}, {**scored.unscored, **judged.unscored}
    return replace(scored, metrics=dict(sorted(metrics.items())), unscored=dict(sorted(unscored.items())))


def _judged(
    by_judge: Mapping[JudgeName, Sequence[Judgement]], case: Case, asked_with: Mapping[JudgeName, tuple[str, str]]
) -> Judged:
    """Return the metrics of one reply.

    Args:
        asked_with: the model and the prompt of each judge whose word counts.
    """
    outcomes: dict[str, float | str] = {}
    items = {judge: _items(own) for judge, own in by_judge.items()}
    counted = {
        judge: [one for one in own if (one.model, one.prompt) == asked_with[judge]] for judge, own in by_judge.items()
    }
    if "nuggets" in counted:
        vital = [nugget.id for nugget in case.nuggets if nugget.weight == "vital"]
        for name, ids in (("vital", vital), ("all", [nugget.id for nugget in case.nuggets])):
            if ids:
                said = counted["nuggets"]
                outcomes[f"judge_nugget_recall_{name}"] = _mean(said, ids, lambda word: word == "support")
                outcomes[f"judge_nugget_recall_{name}_half"] = _mean(said, ids, CREDITS["nuggets"].__getitem__)
    for metric, judge, worth in _MEANS:
        if judge in counted:
            outcomes[metric] = _mean(counted[judge], items[judge], worth)
    return Judged(
        {name: round(one, _DECIMALS) for name, one in outcomes.items() if not isinstance(one, str)},
        {name: one for name, one in outcomes.items() if isinstance(one, str)},
    )


def _items(judgements: Iterable[Judgement]) -> list[str]:
    """Return what verdicts were wanted of, each once, whoever was asked."""
    return list(dict.fromkeys(item for one in judgements for item in (*one.verdicts, *one.unscored)))


def _mean(judgements: Sequence[Judgement], items: Sequence[str], worth: Callable[[str], float]) -> float | str:
    """Return what some items' verdicts are worth on average; why one of them has none where one has none."""
    verdicts = {item: word for one in judgements for item, word in one.verdicts.items()}
    reasons = {item: reason for one in judgements for item, reason in one.unscored.items()}
    missing = [item for item in items if item not in verdicts]
    if missing:
        return reasons.get(missing[0], "judge: was not asked")
    return sum(float(worth(verdicts[item])) for item in items) / len(items)


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two replies to the same case a judge prefers.

    Attributes:
        value: 1 for the first run's, 0 for the other's, a half for neither; None where there is no verdict.
        is_consistent: whether both orders say the same; None where one says nothing.
        longer_by: words that the first run's reply has more than the other's: a covariate, as judges like length.
    """

    place: Place
    value: float | None
    is_consistent: bool | None
    longer_by: int
    unscored: str = ""


def preferences(judgements: Iterable[Judgement], a: Iterable[Reply], b: Iterable[Reply]) -> list[Preference]:
    """Return what pairs of judgements come to: one reply wins where it does in both orders, else it is a tie."""
    found: defaultdict[Place, list[Judgement]] = defaultdict(list)
    for one in judgements:
        if one.judge == "pairwise":
            found[one.case, one.arm, one.repeat].append(one)
    lengths = [{place_of(reply): len(reply.text.split()) for reply in replies} for replies in (a, b)]
    return [
        _preference(place, both, lengths[0].get(place, 0) - lengths[1].get(place, 0)) for place, both in found.items()
    ]


def _preference(place: Place, both: Sequence[Judgement], longer_by: int) -> Preference:
    said = pair_verdict(both)
    if said is None:
        reasons = [reason for one in both for reason in one.unscored.values()]
        return Preference(place, None, None, longer_by, reasons[0] if reasons else "judge: was not asked")
    word, is_consistent = said
    return Preference(place, CREDITS["pairwise"][word], is_consistent, longer_by)


def pair_verdict(both: Iterable[Judgement]) -> tuple[str, bool] | None:
    """Return ``a``, ``b`` or ``tie``, and whether both orders said so; None where one of them said nothing."""
    verdicts = {item: word for one in both for item, word in one.verdicts.items()}
    if A_FIRST not in verdicts or B_FIRST not in verdicts:
        return None
    one, other = verdicts[A_FIRST], SWAPPED[verdicts[B_FIRST]]
    return (one if one == other else "tie"), one == other
