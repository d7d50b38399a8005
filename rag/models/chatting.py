"""What goes to a chat model, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ChatRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to a chat model."""

    role: ChatRole
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a reply took; `reported` by the server, else estimated."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reported: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reported and other.reported,
        )


def total_usd(costs: Iterable[float | None]) -> float | None:
    """Return what several replies cost together; None where the cost of one is unknown."""
    total = 0.0
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


@dataclass(frozen=True, slots=True)
class ReplyEnd:
    """What a chat model sends last: the reply is whole.

    Attributes:
        model: that replied, as provenance names it: ``openai:gpt-5-mini``.
        usage: of this reply alone.
        cost_usd: None where the price is unknown.
    """

    model: str
    usage: Usage
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ReplyRestart:
    """What came of a reply so far is void: another attempt begins."""

    reason: str


ReplyPart = str | ReplyEnd | ReplyRestart
"""A piece of a chat model's reply, as it comes."""
