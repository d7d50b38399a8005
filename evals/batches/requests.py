"""What is asked by the batch, and what comes of it; the two are joined by the hash of what was asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from rag.adapters.openai_reply import usage_of
from rag.adapters.thoughts import ThoughtFilter
from rag.models import ChatMessage, Usage

_ID_LENGTH: Final = 40
"""Hexadecimal digits of an id; providers take 64 characters."""

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request to a chat model.

    Attributes:
        custom_id: hash of all that decides the reply; see `request_of`.
        params: besides the messages, in the protocol's words: ``temperature``, ``max_completion_tokens``, ...
    """

    custom_id: str
    messages: tuple[ChatMessage, ...]
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class BatchReply:
    """What came of a request.

    Attributes:
        text: without what the model thought, as where a reply is waited for.
        finish_reason: in the protocol's words; a text is whole at ``stop`` only.
        cost_usd: None where the price is unknown.
        error: why there is no reply; empty where there is one.
        may_pass: whether the same request may have a reply from another batch.
    """

    text: str = ""
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = 0.0
    finish_reason: str = ""
    error: str = ""
    may_pass: bool = False


def request_of(
    model: str, messages: Sequence[ChatMessage], params: Mapping[str, Any] | None = None, *, repeat: int = 0
) -> BatchRequest:
    """Return a request under the hash of model, messages, parameters and repeat: equal ones are asked once.

    Args:
        model: its name with its address, as provenance has it.
    """
    own = dict(params or {})
    told = [_FORMAT, model, [asdict(message) for message in messages], own, repeat]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return BatchRequest(digest[:_ID_LENGTH], tuple(messages), own)


def reply_of(body: Any) -> BatchReply:
    """Return the reply that the body of a completion holds; with an error where it is none."""
    try:
        choice = body["choices"][0]
        text, reason = choice["message"]["content"] or "", choice["finish_reason"] or ""
    except (KeyError, IndexError, TypeError) as error:
        return BatchReply(error=f"no reply in what came: {type(error).__name__} {error}")
    if not isinstance(text, str) or not isinstance(reason, str):
        return BatchReply(error="the reply that came is no text")
    thoughts = ThoughtFilter()
    text = thoughts.feed(text) + thoughts.flush()
    return BatchReply(text, usage_of(body.get("usage")) or Usage(), finish_reason=reason)
