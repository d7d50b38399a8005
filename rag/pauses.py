"""How long to wait before a server that failed is called again."""

from __future__ import annotations

import random
from collections.abc import Callable

from rag.errors import ProviderError, ProviderRateLimitError


def pause_s(
    error: ProviderError,
    calls: int,
    first_s: float,
    longest_s: float,
    jitter: Callable[[float, float], float] = random.uniform,
) -> float:
    """Return the seconds to wait after so many failed calls.

    The server's own wish, `ProviderRateLimitError.retry_after_s`, comes first; else pauses double, and a random part of
    each keeps callers that failed together from coming back together.

    Args:
        error: of the last call.
        first_s, longest_s: bounds of every pause, the one that a server asks for too.
        jitter: gives a random number between two.
    """
    if isinstance(error, ProviderRateLimitError) and error.retry_after_s is not None:
        return min(max(error.retry_after_s, first_s), longest_s)
    return min(first_s * 2 ** (calls - 1), longest_s) * jitter(0.5, 1)
