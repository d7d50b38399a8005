"""Which metrics go with what people say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evals.models import Case, Reply
from evals.scoring import Idf, Materials, score
from evals.scoring.text import tokens_of
from evals.statistics.agreement import Agreement, bootstrapped, krippendorff_alpha, quotients
from evals.statistics.correlation import WithPeople, correlations, with_people
from evals.statistics.directions import gain
from evals.statistics.means import SAMPLING, Sampling
from evals.systems import hash_of
from evals.validating.reading import HumanFile, HumanItem, ratings_of, within_of

LEAST_SCORED: Final = 3
"""Items with a value below which no coefficient is told."""

Values = Mapping[str, float]
_Comparison = Callable[[Sequence[HumanItem], Sequence[Sequence[float]], Sampling], WithPeople]


@dataclass(frozen=True, slots=True)
class MetricValidation:
    """How one metric goes with people, turned so that more is better; `n`: items on which it has a value."""

    metric: str
    n: int
    found: WithPeople


@dataclass(frozen=True, slots=True)
class Validation:
    """How metrics go with people.

    Attributes:
        file: its form, items, lines and clusters.
        is_within: whether pairs of scored answers are compared within their question only; pairs of preferences always
            are.
        people: how far annotators agree with one another (Krippendorff's alpha, interval), which no metric can be
            expected to pass; None where nobody judged what another did.
        metrics: the one that goes best with people first, by Spearman.
        idf: hash of what the words' weights were counted over.
    """

    form: str
    n_items: int
    n_lines: int
    n_clusters: int
    is_within: bool
    people: Agreement | None
    metrics: tuple[MetricValidation, ...]
    idf: str


def validate(human: HumanFile, materials: Materials | None = None, sampling: Sampling = SAMPLING) -> Validation:
    """Score the answers of a file against their references, and return how each metric goes with people.

    Args:
        materials: with the words' weights of a whole corpus; None to count them over the file's own references, which
            are few.
    """
    materials = materials or Materials(idf=_own_idf(human.items))
    scores = [[_metrics(item, place, materials) for place in range(len(item.answers))] for item in human.items]
    names = sorted({name for item in scores for values in item for name in values})
    compare = _with_scores if human.form == "scores" else _with_preferences
    told = [_validated(name, human.items, scores, compare, sampling) for name in names]
    found = [one for one in told if one is not None]
    return Validation(
        form=human.form,
        n_items=len(human.items),
        n_lines=human.lines,
        n_clusters=len({item.cluster for item in human.items}),
        is_within=human.form == "preferences" or within_of(human.items) is not None,
        people=_people(human.items, sampling),
        metrics=tuple(sorted(found, key=_rank)),
        idf=materials.idf.corpus,
    )


def _rank(one: MetricValidation) -> tuple[float, str]:
    return -(one.found.spearman.value or 0.0), one.metric


def _metrics(item: HumanItem, place: int, materials: Materials) -> Values:
    """Return the metrics of an answer that its reference alone gives; it is scored as the answer to a case."""
    case = Case(
        url="/human",
        kind="held_out_paraphrase",
        split="test",
        cluster=item.cluster,
        corpus="human",
        question=item.question,
        answer=item.reference,
        expect="answer",
    )
    reply = Reply(case=case.url, arm="held_out", text=item.answers[place], refused=False)
    return score(case, reply, materials).metrics


def _own_idf(items: Sequence[HumanItem]) -> Idf:
    texts = sorted({f"{item.question}\n\n{item.reference}" for item in items})
    holding = Counter(stem for text in texts for stem in tokens_of(text))
    return Idf(hash_of(*texts), len(texts), dict(sorted(holding.items())))


def _validated(
    name: str,
    items: Sequence[HumanItem],
    scores: Sequence[Sequence[Values]],
    compare: _Comparison,
    sampling: Sampling,
) -> MetricValidation | None:
    """Return how a metric goes with people; None where it has too few values, or always the same."""
    pairs = [
        (item, [gain(name, values[name]) for values in own])
        for item, own in zip(items, scores, strict=True)
        if all(name in values for values in own)
    ]
    if len(pairs) < LEAST_SCORED or len({value for _, values in pairs for value in values}) == 1:
        return None
    found = compare([item for item, _ in pairs], [values for _, values in pairs], sampling)
    return MetricValidation(name, len(pairs), found)


def _with_scores(items: Sequence[HumanItem], values: Sequence[Sequence[float]], sampling: Sampling) -> WithPeople:
    return with_people(
        [own[0] for own in values],
        [item.value for item in items],
        [item.cluster for item in items],
        within=within_of(items),
        sampling=sampling,
    )


def _with_preferences(items: Sequence[HumanItem], values: Sequence[Sequence[float]], sampling: Sampling) -> WithPeople:
    """Return how a metric's differences go with preferences, and of what share of them it prefers the same answer.

    What people call a tie counts for nothing in the share, what the metric calls one for a half.
    """
    differences, preferred = np.asarray([a - b for a, b in values]), np.asarray([item.value for item in items])
    clusters = [item.cluster for item in items]
    told = (preferred != 0).astype(np.float64)
    agreed = told * (1 + np.sign(differences) * np.sign(preferred)) / 2
    share = bootstrapped(lambda weights: quotients(weights @ agreed, weights @ told), clusters, sampling)
    return WithPeople(*correlations(list(differences), list(preferred), clusters, sampling), share)


def _people(items: Sequence[HumanItem], sampling: Sampling) -> Agreement | None:
    shared = [item for item in items if len(item.said) > 1]
    return krippendorff_alpha(*ratings_of(shared), "interval", sampling) if shared else None
