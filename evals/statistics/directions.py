"""Which way each metric is better."""

from __future__ import annotations

from typing import Final, Literal

Direction = Literal["higher", "lower"]

_LOWER: Final = frozenset(
    {
        "completion_tokens",
        "copy_share",
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
"""Metrics of which less is better; of all others more is."""


def direction_of(metric: str) -> Direction:
    """Return which way a metric is better."""
    return "lower" if metric in _LOWER else "higher"


def worst_of(metric: str) -> float:
    """Return the worst value that a metric can have, as far as it is a share."""
    return 1.0 if direction_of(metric) == "lower" else 0.0


def gain(metric: str, delta: float) -> float:
    """Return by how much a metric got better, where it changed by ``delta``."""
    return -delta if direction_of(metric) == "lower" else delta
