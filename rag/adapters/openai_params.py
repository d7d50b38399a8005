"""What every reply is asked for with, in OpenAI's protocol, whether it is waited for or comes by the batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rag.adapters.chat_limits import ChatLimits

_LENGTH: Final = "max_completion_tokens"
_OLD_LENGTH: Final = "max_tokens"


def reply_params(limits: ChatLimits | None = None) -> dict[str, Any]:
    """Return the parameters of a reply, by the names that OpenAI has for them; without limits, as they are set."""
    return {"temperature": 0, _LENGTH: (limits or ChatLimits()).most_tokens}


def known_to(base_url: str | None, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by the names that a server knows: all but OpenAI know the old one of the greatest length."""
    if base_url is None:
        return dict(params)
    return {_OLD_LENGTH if name == _LENGTH else name: value for name, value in params.items()}
