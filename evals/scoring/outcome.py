"""What a metric gives: a number, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unscored:
    """That a metric which applies has no value.

    Attributes:
        reason: begins with who must look: ``system``, ``case`` or ``harness``.
    """

    reason: str


Outcome = float | Unscored
Outcomes = Mapping[str, Outcome]


def is_positive(outcomes: Outcomes, name: str) -> bool:
    """Return whether a metric applies, has a value, and that is above 0."""
    value = outcomes.get(name, 0.0)
    return not isinstance(value, Unscored) and value > 0
