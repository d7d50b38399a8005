"""What is done when a chat model fails: tried again, replaced by the next, left alone, held to a budget."""

from rag.chat_models.breaker import CircuitBreaker
from rag.chat_models.budget import DailyBudget, Spending
from rag.chat_models.resilient import Candidate, ResilientChatModel, Retries
from rag.chat_models.slots import Slots

__all__ = [
    "Candidate",
    "CircuitBreaker",
    "DailyBudget",
    "ResilientChatModel",
    "Retries",
    "Slots",
    "Spending",
]
