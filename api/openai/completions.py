"""Answers as chat completions: whole, or in chunks while they come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # typing's own hides its optional keys from pydantic before Python 3.12

from api.asking import reply_of
from api.openai.texts import foot_of, head_of
from rag.footnotes import Footnotes, with_footnotes
from rag.models import Answer, AnswerBegun, AnswerEvent, SentenceShown
from rag.models import Usage as Taken


class Usage(TypedDict):
    """Tokens that a language model took; none where none took part."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Extension(TypedDict):
    """What OpenAI's protocol has no place for; the answer is named as feedback names it."""

    answer: Mapping[str, Any]


class ReplyMessage(TypedDict):
    """The message of a completion."""

    role: Literal["assistant"]
    content: str
    refusal: None


class Choice(TypedDict):
    """The only choice of a completion."""

    index: int
    message: ReplyMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Completion(TypedDict):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    quicktakes: Extension


class Delta(TypedDict, total=False):
    """What a chunk adds to the message."""

    role: Literal["assistant"]
    content: str


class ChunkChoice(TypedDict):
    """The only choice of a chunk."""

    index: int
    delta: Delta
    logprobs: None
    finish_reason: Literal["stop"] | None


class Chunk(TypedDict):
    """A piece of a chat completion; `usage` is there where it was asked for, and null but in the last one."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: NotRequired[Usage | None]
    quicktakes: NotRequired[Extension]


@dataclass(frozen=True, slots=True)
class Form:
    """How a completion is written.

    Attributes:
        model: as the client named it.
        base_url: that entries' pages are found below, without a stroke at its end.
        notices: to be told with the answer.
        includes_usage: whether chunks end with the usage.
        run: name of the answer.
        created: in seconds since 1970.
    """

    model: str
    base_url: str
    notices: tuple[str, ...] = ()
    includes_usage: bool = False
    run: str = ""
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def id(self) -> str:
        """Return the id of the completion."""
        return f"chatcmpl-{self.run}"

    def extension(self, answer: Answer) -> Extension:
        """Return an answer whole, with the notices."""
        return {"answer": reply_of(replace(answer, notices=(*self.notices, *answer.notices)), self.run)}


def completion_of(answer: Answer, form: Form) -> Completion:
    """Return an answer as a completion."""
    content = head_of(answer.resolved) + with_footnotes(answer) + foot_of(answer, form.base_url)
    message: ReplyMessage = {"role": "assistant", "content": content, "refusal": None}
    return {
        "id": form.id,
        "object": "chat.completion",
        "created": form.created,
        "model": form.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(answer.usage),
        "quicktakes": form.extension(answer),
    }


@dataclass(slots=True)
class Chunks:
    """Writes the chunks of one completion: together they hold its very text."""

    form: Form
    _footnotes: Footnotes = field(default_factory=Footnotes)

    def of(self, event: AnswerEvent) -> Iterator[Chunk]:
        """Give the chunks of an event of the answer; those of the answer itself are the last."""
        if isinstance(event, AnswerBegun):
            yield self._chunk({"role": "assistant", "content": head_of(event.resolved)})
        elif isinstance(event, SentenceShown):
            yield self._chunk({"content": self._footnotes.add(event.lead, event.sentence)})
        else:
            yield from self._end(event)

    def _end(self, answer: Answer) -> Iterator[Chunk]:
        yield self._chunk({"content": self._footnotes.finish(answer.text) + foot_of(answer, self.form.base_url)})
        last = self._chunk({}, "stop")
        last["quicktakes"] = self.form.extension(answer)
        yield last
        if self.form.includes_usage:
            yield {**self._chunk({}), "choices": [], "usage": _usage(answer.usage)}

    def _chunk(self, delta: Delta, finish_reason: Literal["stop"] | None = None) -> Chunk:
        chunk: Chunk = {
            "id": self.form.id,
            "object": "chat.completion.chunk",
            "created": self.form.created,
            "model": self.form.model,
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}],
        }
        if self.form.includes_usage:
            chunk["usage"] = None
        return chunk


def _usage(taken: Taken | None) -> Usage:
    own = taken or Taken()
    return {
        "prompt_tokens": own.prompt_tokens,
        "completion_tokens": own.completion_tokens,
        "total_tokens": own.prompt_tokens + own.completion_tokens,
    }
