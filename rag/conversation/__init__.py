"""A question in the light of those before it: follow-ups resolved, threads kept short."""

from rag.conversation.compaction import HISTORY_TOKENS, compact
from rag.conversation.modelled import resolve_with
from rag.conversation.resolving import resolve, turn_from, turn_of
from rag.conversation.turns import Kind, Resolution, Turn

__all__ = ["HISTORY_TOKENS", "Kind", "Resolution", "Turn", "compact", "resolve", "resolve_with", "turn_from", "turn_of"]
