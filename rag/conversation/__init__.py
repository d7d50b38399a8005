"""A question in the light of those before it: follow-ups resolved, threads kept short."""

from rag.conversation.compaction import compact
from rag.conversation.resolving import resolve, turn_of
from rag.conversation.turns import Kind, Resolution, Turn

__all__ = ["Kind", "Resolution", "Turn", "compact", "resolve", "turn_of"]
