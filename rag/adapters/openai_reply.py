"""One streamed chat reply, read event by event: its text, and every way in which it is not whole, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rag.adapters.server_words import reason_of, shortened
from rag.adapters.thoughts import ThoughtFilter
from rag.errors import (
    ProviderBrokeOffError,
    ProviderEmptyReplyError,
    ProviderError,
    ProviderFilteredReplyError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderTruncatedReplyError,
)
from rag.models import Usage

_FIELDS: Final = (b":", b"event:", b"id:", b"retry:")
"""Lines of an event stream that say nothing of the reply: comments keep a connection open."""

_THOUGHT_FIELDS: Final = ("reasoning_content", "reasoning")
"""Where servers put what a model thinks: DeepSeek's name, which vLLM and llama.cpp took over, and OpenRouter's."""

_RATE_LIMIT_WORDS: Final = ("429", "rate_limit", "too_many_requests")


class ReplyReader:
    """Takes the bytes of an event stream and gives text.

    Args:
        server: names it in errors.
        most_bytes: a longer reply is something else.
        secret: is taken out of the server's words.

    Attributes:
        tokens: how many events brought text or thought.
        finish_reason: as the server gave it with its last piece; None before.
        is_done: the server said that nothing follows.
        usage: as the server reported it; None where it did not.
    """

    def __init__(self, server: str, most_bytes: int, secret: str | None = None) -> None:
        self.tokens = 0
        self.finish_reason: str | None = None
        self.is_done = False
        self.usage: Usage | None = None
        self._server = server
        self._most_bytes = most_bytes
        self._secret = secret
        self._bytes = 0
        self._line: list[bytes] = []
        self._written: list[str] = []
        self._filter = ThoughtFilter()
        self._has_text = False
        self._choices = 0
        self._events = 0

    @property
    def written(self) -> str:
        """Return all that the model wrote, thoughts among it: what is billed."""
        return "".join(self._written)

    @property
    def is_ended(self) -> bool:
        """Return whether the text is whole, or never will be: what may follow is usage."""
        return self.is_done or self.finish_reason is not None

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield the pieces of text in some bytes, which may end anywhere.

        Raises:
            ProviderError: they are no part of a good reply.
        """
        self._bytes += len(chunk)
        if self._bytes > self._most_bytes:
            raise ProviderReplyError(f"{self._server} gave a reply of over {self._most_bytes:,} bytes")
        first, *lines = chunk.split(b"\n")
        self._line.append(first)
        for line in lines:
            yield from self._read_line(b"".join(self._line))
            self._line = [line]

    def end(self) -> Iterator[str]:
        """Yield the text that was held, when all bytes have come.

        Raises:
            ProviderError: the reply is not whole, or empty.
        """
        yield from self._read_line(b"".join(self._line))
        if self.finish_reason is None:
            raise self._unfinished()
        yield from self._text(self._filter.flush())
        if not self._has_text:
            raise ProviderEmptyReplyError(f"{self._server} finished a reply without a word; try another model")

    def _unfinished(self) -> ProviderError:
        if self._events and not self._choices:
            return ProviderEmptyReplyError(f"{self._server} sent {self._events} events and no choice in any")
        return ProviderBrokeOffError(f"{self._server} ended its reply without a finish reason; try again")

    def _read_line(self, line: bytes) -> Iterator[str]:
        line = line.strip()
        if not line or self.is_done or line.startswith(_FIELDS):
            return
        if line.startswith((b"data:", b"error:")):  # the latter is how llama.cpp tells of errors
            name, _, payload = line.partition(b":")
            payload = payload.strip()
        else:
            name, payload = b"", line
        if payload == b"[DONE]":
            self.is_done = True
            return
        event = self._parse(payload)
        if name == b"error" or event.get("error"):
            raise self._told(event.get("error", event))
        if name != b"data":
            raise self._malformed("it is no event stream", payload)
        yield from self._read_event(event, payload)

    def _parse(self, payload: bytes) -> dict[str, Any]:
        try:
            event: Any = json.loads(payload.decode())
        except (ValueError, RecursionError) as error:
            raise self._malformed(reason_of(error), payload) from error
        if not isinstance(event, dict):
            raise self._malformed("an event is no object", payload)
        return event  # pyright: ignore[reportUnknownVariableType] JSON

    def _read_event(self, event: Mapping[str, Any], payload: bytes) -> Iterator[str]:
        self._events += 1
        self.usage = usage_of(event.get("usage")) or self.usage
        choices: Any = event.get("choices")
        if not choices:
            return
        self._choices += 1
        try:
            delta: Any = choices[0].get("delta") or {}
            finish: Any = choices[0].get("finish_reason")
            text: Any = delta.get("content") or ""
            calls: Any = delta.get("tool_calls") or delta.get("function_call")
            thought: Any = next((delta[field] for field in _THOUGHT_FIELDS if delta.get(field)), "")
        except (AttributeError, KeyError, IndexError, TypeError) as error:
            raise self._malformed(f"a choice without a delta: {error}", payload) from error
        if calls:
            raise self._malformed("it calls a tool, and none was offered", payload)
        if not isinstance(text, str) or not isinstance(thought, str) or not isinstance(finish, str | None):
            raise self._malformed("text, thought or finish reason is no text", payload)
        yield from self._read_delta(text, thought)
        if finish:
            check_finish(finish, self._server)
            self.finish_reason = finish

    def _read_delta(self, text: str, thought: str) -> Iterator[str]:
        if not text and not thought:
            return
        self.tokens += 1
        self.finish_reason = None  # some servers give one with every piece: the last one counts
        self._written.append(thought + text)
        yield from self._text(self._filter.feed(text))

    def _text(self, text: str) -> Iterator[str]:
        if text:
            self._has_text = self._has_text or not text.isspace()
            yield text

    def _told(self, error: Any) -> ProviderError:
        """Return our error for one that the server tells of in its reply."""
        words = json.dumps(error, ensure_ascii=False)
        reason = shortened(words, self._secret)
        if "insufficient_quota" in words:
            return ProviderRejectedError(f"{self._server} stopped its reply ({reason}); check the account")
        if any(word in words for word in _RATE_LIMIT_WORDS):
            return ProviderRateLimitError(f"{self._server} limits how much may be asked ({reason}); try again later")
        return ProviderBrokeOffError(f"{self._server} broke off its reply ({reason}); try again")

    def _malformed(self, reason: str, payload: bytes) -> ProviderReplyError:
        words = shortened(payload[:200].decode(errors="replace"), self._secret)
        return ProviderReplyError(f"{self._server} gave a reply that cannot be read ({reason}): {words}")


def check_finish(reason: str, server: str) -> None:
    """Refuse a reply that ended otherwise than whole.

    Args:
        server: names it in errors.

    Raises:
        ProviderError: it was cut short, filtered or broken off, or ended for a reason that we do not know.
    """
    if reason == "length":
        raise ProviderTruncatedReplyError(
            f"{server} cut its reply at the most tokens it may have; allow more, or try another model"
        )
    if reason == "content_filter":
        raise ProviderFilteredReplyError(f"{server} stopped its reply by its content filter")
    if reason == "error":
        raise ProviderBrokeOffError(f"{server} broke off its reply (finish reason error); try again")
    if reason != "stop":
        raise ProviderReplyError(f"{server} finished its reply for a reason that we do not know: {reason!r:.40}")


def usage_of(reported: Any) -> Usage | None:
    """Return what a server reports of a reply; None where that is not two counts."""
    if not isinstance(reported, dict):
        return None
    counts: list[Any] = [reported.get("prompt_tokens"), reported.get("completion_tokens")]  # pyright: ignore[reportUnknownMemberType] JSON
    if any(type(count) is not int or count < 0 for count in counts):
        return None
    return Usage(counts[0], counts[1], reported=True)
