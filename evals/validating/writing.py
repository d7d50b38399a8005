"""A validation as Markdown and as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from evals.statistics.agreement import Agreement
from evals.validating.validating import MetricValidation, Validation

_DECIMALS: Final = 6
_FEW: Final = 20
"""Clusters below which differences between metrics say nothing."""


def validation_markdown(validation: Validation) -> str:
    """Return a table of the metrics, the one that goes best with people first."""
    counts = f"{validation.n_lines} lines, {validation.n_clusters} clusters"
    lines = [
        f"{validation.n_items} items of {validation.form} ({counts}). {_how(validation)} {_people(validation)}",
        "",
        "| metric | n | Pearson | Spearman | pairwise |",
        "| --- | ---: | --- | --- | --- |",
        *(_row(one) for one in validation.metrics),
        "",
        f"Values with 95 % intervals by cluster bootstrap; words weighed by {validation.idf[:12]}.",
    ]
    if validation.n_clusters < _FEW:
        lines.append("Too few clusters to compare metrics by.")
    return "\n".join(lines) + "\n"


def _how(validation: Validation) -> str:
    if validation.form == "preferences":
        return "Correlations are of the differences between both answers; pairwise is the share preferred alike."
    return f"Pairwise compares answers {'to the same question' if validation.is_within else 'to all questions'}."


def _people(validation: Validation) -> str:
    if validation.people is None:
        return "No item was judged twice, so how far people agree is not known."
    return f"People agree with one another to alpha {_told(validation.people)}."


def _row(one: MetricValidation) -> str:
    parts = (one.found.pearson, one.found.spearman, one.found.pairwise)
    return f"| {one.metric} | {one.n} | {' | '.join(map(_told, parts))} |"


def _told(found: Agreement) -> str:
    if found.value is None:
        return "-"
    interval = "" if found.interval is None else f" ({found.interval.low:.2f} to {found.interval.high:.2f})"
    return f"{found.value:.2f}{interval}"


def validation_json(validation: Validation) -> str:
    """Return a validation as JSON: keys sorted, six decimals, the same bytes for the same file."""
    told = {
        "form": validation.form,
        "items": validation.n_items,
        "lines": validation.n_lines,
        "clusters": validation.n_clusters,
        "within_question": validation.is_within,
        "idf": validation.idf,
        "people": None if validation.people is None else _value(validation.people),
        "metrics": [
            {
                "metric": one.metric,
                "n": one.n,
                "pearson": _value(one.found.pearson),
                "spearman": _value(one.found.spearman),
                "pairwise": _value(one.found.pairwise),
            }
            for one in validation.metrics
        ],
    }
    return json.dumps(told, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _value(found: Agreement) -> dict[str, Any]:
    interval = found.interval
    return {
        "value": None if found.value is None else round(found.value, _DECIMALS),
        "low": None if interval is None else round(interval.low, _DECIMALS),
        "high": None if interval is None else round(interval.high, _DECIMALS),
    }
