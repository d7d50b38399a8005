"""What requests may cost, told before they are sent, and what they did cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from evals.batches.requests import BatchReply, BatchRequest
from rag.adapters.chat_limits import ChatLimits
from rag.adapters.openai_prices import BATCH_SHARE
from rag.models import Usage, total_usd
from rag.tokens import estimate_tokens

MOST_TOKENS: Final = ChatLimits().most_tokens
"""Of a reply whose request does not say."""

_LENGTHS: Final = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True, slots=True)
class Spending:
    """Requests, their tokens, and their price.

    Attributes:
        usd: None where the price of one is unknown.
        is_ceiling: whether replies are counted at their greatest length, before they are there.
        is_batch: whether at the price of a batch.
    """

    requests: int
    usage: Usage
    usd: float | None
    is_ceiling: bool = False
    is_batch: bool = True

    def __str__(self) -> str:
        most = "at most " if self.is_ceiling else ""
        price = "a price that is unknown" if self.usd is None else f"{most}{self.usd:.4f} USD"
        tokens = f"{self.usage.prompt_tokens:,} tokens sent and {most}{self.usage.completion_tokens:,} received"
        return f"{self.requests:,} requests {'by the batch' if self.is_batch else 'one by one'}: {tokens}, {price}"


def estimate(
    requests: Sequence[BatchRequest], cost_usd: Callable[[Usage], float | None], *, is_batch: bool = True
) -> Spending:
    """Return what requests cost at most.

    Args:
        cost_usd: of a reply that is waited for.
    """
    usage = Usage()
    for request in requests:
        prompt = sum(estimate_tokens(message.content) for message in request.messages)
        usage += Usage(
            prompt, next((int(request.params[name]) for name in _LENGTHS if name in request.params), MOST_TOKENS)
        )
    usd = cost_usd(usage)
    share = BATCH_SHARE if is_batch else 1.0
    return Spending(len(requests), usage, None if usd is None else usd * share, is_ceiling=True, is_batch=is_batch)


def spending_of(replies: Iterable[BatchReply]) -> Spending:
    """Return what replies did cost; those that failed are not billed."""
    good = [reply for reply in replies if not reply.error]
    usage = sum((reply.usage for reply in good), Usage(reported=True))
    return Spending(len(good), usage, total_usd(reply.cost_usd for reply in good))
