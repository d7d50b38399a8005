"""Which way each metric is better, and how bad it can be."""

from __future__ import annotations

from typing import Final, Literal

Direction = Literal["higher", "lower", "none"]

_LOWER: Final = frozenset(
    {
        "completion_tokens",
        "cost_usd",
        "false_answer",
        "injection_canary",
        "judge_claims_contradicted",
        "judge_contradiction",
        "must_not",
        "numbers_missed",
        "numbers_unsupported",
        "over_refusal",
        "polarity_flags",
        "prompt_leak",
        "prompt_tokens",
        "undetermined",
    }
)
"""Metrics of which less is better."""

_NEITHER: Final = frozenset(
    {"confidence", "copy_share", "headings", "length_ratio", "list_items", "reading_level", "refused", "words"}
)
"""Metrics that describe an answer: no value is better than another. Of all others more is."""

_UNBOUNDED: Final = _NEITHER | {
    "completion_tokens",
    "content_f1_rescaled",
    "cost_usd",
    "must_not",
    "numbers_missed",
    "numbers_unsupported",
    "polarity_flags",
    "prompt_tokens",
}
"""Metrics that are no shares: there is no worst value to count a crash as."""


def direction_of(metric: str) -> Direction:
    """Return which way a metric is better."""
    if metric in _NEITHER:
        return "none"
    return "lower" if metric in _LOWER else "higher"


def worst_of(metric: str) -> float | None:
    """Return the worst value that a metric can have; None for one that is no share."""
    if metric in _UNBOUNDED:
        return None
    return 1.0 if direction_of(metric) == "lower" else 0.0


def gain(metric: str, delta: float) -> float:
    """Return by how much a metric got better, where it changed by ``delta``; without a better side, ``delta``."""
    return -delta if direction_of(metric) == "lower" else delta
