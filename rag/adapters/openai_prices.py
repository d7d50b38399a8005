"""What a reply of OpenAI's models costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rag.models import Usage

USD_PER_MILLION_TOKENS: Final[Mapping[str, tuple[float, float]]] = {
    "gpt-5.5": (5.00, 30.00),
    "gpt-5.4": (2.50, 15.00),
    "gpt-5.4-mini": (0.75, 4.50),
    "gpt-5.4-nano": (0.20, 1.25),
    "gpt-5.2": (1.75, 14.00),
    "gpt-5.1": (1.25, 10.00),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
}
"""Of prompt and reply, as price trackers gave them in June 2026, no discount counted; the provider's bill decides."""

BATCH_SHARE: Final = 0.5
"""Of what a reply costs that is waited for, by the batch: OpenAI's price list, July 2026."""

_DATED: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def cost_usd(model: str, usage: Usage) -> float | None:
    """Return the price of a reply; None where the model's is unknown. A dated model costs what its family does."""
    prices = USD_PER_MILLION_TOKENS.get(_DATED.sub("", model))
    if prices is None:
        return None
    return (usage.prompt_tokens * prices[0] + usage.completion_tokens * prices[1]) / 1_000_000
