"""Replies of chat models by the provider's batch: at half the price, within a day, and never paid for twice."""

from evals.batches.collected import Collected, CollectedModel, chat_request, endpoint_requests
from evals.batches.costs import Spending, estimate, spending_of
from evals.batches.kept import KeptBatches
from evals.batches.requests import BatchReply, BatchRequest, request_of
from evals.batches.working import Approve, Batches, open_batches

__all__ = [
    "Approve",
    "BatchReply",
    "BatchRequest",
    "Batches",
    "Collected",
    "CollectedModel",
    "KeptBatches",
    "Spending",
    "chat_request",
    "endpoint_requests",
    "estimate",
    "open_batches",
    "request_of",
    "spending_of",
]
