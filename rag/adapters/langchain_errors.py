"""What goes wrong with a LangChain chat model of any provider, as our own errors.

Each provider's package raises classes of its own and none of them is known here, so an error is judged by what nearly
all of them carry: an HTTP status, or an error of the operating system behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rag.errors import (
    ProviderBrokeOffError,
    ProviderError,
    ProviderFilteredReplyError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderTruncatedReplyError,
    ProviderUnavailableError,
)

_REASON_KEYS: Final = ("finish_reason", "stop_reason", "stopReason", "done_reason")
"""Where providers say why a reply ended: most; Anthropic; Amazon; Ollama."""

_WHOLE: Final = frozenset({"stop", "end_turn", "stop_sequence", "eos", "complete"})
_CUT: Final = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
_FILTERED: Final = frozenset(
    {
        "content_filter",
        "content_filtered",
        "safety",
        "refusal",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "guardrail_intervened",
        "error_toxic",
    }
)
"""Finish reasons in lower case: OpenAI's, Anthropic's, Google's, Amazon's, Mistral's, Cohere's, Ollama's."""

_UNAVAILABLE: Final = frozenset({408, 425})
_MOST_REASON: Final = 300
"""Characters of a provider's own words that are passed on."""


def finish_reason_of(metadata: Mapping[str, Any]) -> str | None:
    """Return why a reply ended, in lower case, where its metadata says so."""
    incomplete: Mapping[str, Any] = metadata.get("incomplete_details") or {}  # of OpenAI's newer protocol
    said = [metadata.get(key) for key in _REASON_KEYS]
    return next((word.lower() for word in (*said, incomplete.get("reason")) if isinstance(word, str) and word), None)


def check_finish(reason: str | None, name: str) -> None:
    """Refuse a reply that ended otherwise than whole; no reason at all is accepted, as some providers give none.

    Args:
        name: of the chat model, for messages.

    Raises:
        ProviderReplyError: it was cut short or filtered, or is no text.
    """
    if reason is None or reason in _WHOLE:
        return
    if reason in _CUT:
        raise ProviderTruncatedReplyError(f"{name} cut its reply at its greatest length ({reason})")
    if reason in _FILTERED:
        raise ProviderFilteredReplyError(f"{name} stopped its reply by a content filter ({reason})")
    raise ProviderReplyError(f"{name} ended its reply with {reason[:_MOST_REASON]!r}, which is no whole reply")


def translate(error: Exception, name: str, *, amid: bool) -> ProviderError:
    """Return our error for a provider's; the caller raises it from the other.

    Args:
        name: of the chat model, for messages.
        amid: whether text of the reply had come.
    """
    reason, status = words_of(error), _status_of(error)
    if status == 429:
        return ProviderRateLimitError(f"{name} limits how much may be asked ({reason}); try again later")
    if status is not None and 400 <= status < 500 and status not in _UNAVAILABLE:
        return ProviderRejectedError(f"{name} refused the request ({reason}); check the model's name, key and account")
    if amid:
        return ProviderBrokeOffError(f"{name} broke off its reply ({reason})")
    if status is not None or any(isinstance(cause, OSError) for cause in _causes(error)):
        return ProviderUnavailableError(f"{name} cannot be used now ({reason}); check that it runs, and try again")
    return ProviderError(f"{name} failed ({reason}); check how its provider is set up")


def words_of(error: Exception) -> str:
    """Return an error's class and message as one short line."""
    line = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(":")
    return line if len(line) <= _MOST_REASON else line[:_MOST_REASON] + "..."


def _status_of(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    said = (getattr(error, "status_code", None), getattr(response, "status_code", None), getattr(error, "code", None))
    return next((status for status in said if isinstance(status, int) and 400 <= status < 600), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
