"""What a judge is asked, and what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from evals.errors import RunStateError
from evals.models import Arm
from rag.errors import (
    ProviderBrokeOffError,
    ProviderBusyError,
    ProviderError,
    ProviderOpenCircuitError,
    ProviderRateLimitError,
    ProviderTooSlowError,
    ProviderUnavailableError,
)

JudgeName = Literal["nuggets", "support", "contradiction", "pairwise"]

CREDITS: Final[Mapping[JudgeName, Mapping[str, float]]] = {
    "nuggets": {"none": 0.0, "partial": 0.5, "support": 1.0},
    "support": {"contradicts": 0.0, "none": 0.0, "partial": 0.5, "full": 1.0},
    "contradiction": {"consistent": 0.0, "contradicts": 1.0},
    "pairwise": {"b": 0.0, "tie": 0.5, "a": 1.0},
}
"""The words that each judge may say, in their order, and what each counts in its metric."""

_PASSING: Final[tuple[type[ProviderError], ...]] = (
    ProviderUnavailableError,
    ProviderTooSlowError,
    ProviderBrokeOffError,
    ProviderOpenCircuitError,
    ProviderBusyError,
    ProviderRateLimitError,
)


def reason_of(fault: str) -> str:
    """Return why there is no verdict, as metrics tell it."""
    return f"judge: {fault}"


_PASSING_REASONS: Final = frozenset(reason_of(one.fault) for one in _PASSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request to a judge.

    Attributes:
        items: what a verdict is wanted of, in the order in which the request numbers them: ids of nuggets,
            ``claim 3``, ``answer``, ``a first`` and ``b first``. No two questions about one reply share one.
        texts: what fills the prompt, by placeholder.
    """

    judge: JudgeName
    case: str
    arm: Arm
    repeat: int
    items: tuple[str, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a judge said to one request.

    Attributes:
        key: hash of the request: of the model, the prompt and all that filled it.
        prompt: name and hash of the prompt.
        model: that was asked.
        verdicts: by item, a word of the judge's menu.
        unscored: why an item has no verdict; begins with ``judge:``, or with ``system:`` where there was no answer to
            judge.
        quotes: of answer and reference, of a contradiction: verified to occur in them.
        reply: verbatim; empty where none came whole.
        cost_usd: of all attempts; None where it is unknown.
    """

    key: str
    case: str
    arm: Arm
    repeat: int
    judge: JudgeName
    prompt: str
    model: str
    verdicts: Mapping[str, str] = field(default_factory=dict[str, str])
    unscored: Mapping[str, str] = field(default_factory=dict[str, str])
    quotes: tuple[str, ...] = ()
    reply: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0

    @property
    def is_settled(self) -> bool:
        """Return whether asking again would change nothing: not where the judge's server failed to reply."""
        return not any(reason in _PASSING_REASONS for reason in self.unscored.values())


def judgement_from(told: Mapping[str, Any]) -> Judgement:
    """Return the judgement that a line of ``judgements.jsonl`` holds.

    Raises:
        RunStateError: the line holds something else.
    """
    try:
        own: dict[str, Any] = {**told, "quotes": tuple(told["quotes"])}
        return Judgement(**own)
    except (KeyError, TypeError) as error:
        raise RunStateError(f"no judgement: {str(dict(told))[:120]} ({error})") from error
