"""LangChain's chat models as ours: whole replies, and each way they fail."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from rag.adapters.chat_limits import ChatLimits
from rag.adapters.langchain_chat import LangChainChatModel, load_langchain_chat
from rag.errors import (
    ConfigurationError,
    ProviderBrokeOffError,
    ProviderEmptyReplyError,
    ProviderError,
    ProviderFilteredReplyError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderTooSlowError,
    ProviderTruncatedReplyError,
    ProviderUnavailableError,
)
from rag.models import ChatMessage, ReplyEnd, ReplyPart, Usage

Step = AIMessageChunk | Exception | float
"""What a scripted model does next: send a chunk, fail, or wait for seconds."""

ASKED = [
    ChatMessage("system", "Be brief."),
    ChatMessage("user", "Why?"),
    ChatMessage("assistant", "So."),
    ChatMessage("user", "Why so?"),
]


class _ScriptedModel(BaseChatModel):
    steps: Sequence[Any]
    seen: list[BaseMessage] = []  # noqa: RUF012 pydantic copies it
    closed: list[bool] = []  # noqa: RUF012 pydantic copies it

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self,
        messages: list[BaseMessage],
        *args: Any,  # noqa: ARG002 LangChain's
        **kwargs: Any,  # noqa: ARG002 LangChain's
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.seen.extend(messages)
        try:
            for step in self.steps:
                if isinstance(step, float):
                    await asyncio.sleep(step)
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield ChatGenerationChunk(message=step)
        finally:
            self.closed.append(True)


class _HTTPError(Exception):
    def __init__(self, status_code: int) -> None:
        super().__init__("its own words")
        self.status_code = status_code


def text(content: str) -> AIMessageChunk:
    """Return a chunk of text."""
    return AIMessageChunk(content=content)


def finish(**metadata: Any) -> AIMessageChunk:
    """Return a chunk that tells why the reply ended."""
    return AIMessageChunk(content="", response_metadata=metadata)


def tokens(prompt: int, completion: int) -> AIMessageChunk:
    """Return a chunk that reports usage."""
    usage = UsageMetadata(input_tokens=prompt, output_tokens=completion, total_tokens=prompt + completion)
    return AIMessageChunk(content="", usage_metadata=usage)


def read(model: BaseChatModel, limits: ChatLimits | None = None) -> list[ReplyPart]:
    """Return all parts of a reply."""

    async def reading() -> list[ReplyPart]:
        return [part async for part in LangChainChatModel(model, "fake:m", limits).stream(ASKED, lambda: False)]

    return asyncio.run(reading())


def reply(*steps: Step, limits: ChatLimits | None = None) -> list[ReplyPart]:
    """Return all parts of a scripted reply."""
    return read(_ScriptedModel(steps=steps), limits)


def test_a_reply_comes_piece_by_piece_and_then_its_end() -> None:
    """LangChain's own fake model is read word by word; it names no finish reason, and that is accepted."""
    parts = read(GenericFakeChatModel(messages=iter([AIMessage("Leaves are green.")])))
    assert parts == ["Leaves", " ", "are", " ", "green.", ReplyEnd("fake:m", Usage(), None)]


def test_messages_keep_their_roles_and_order() -> None:
    """System, user and assistant become LangChain's classes."""
    model = _ScriptedModel(steps=[text("x")])
    read(model)
    assert [(message.type, message.content) for message in model.seen] == [
        ("system", "Be brief."),
        ("human", "Why?"),
        ("ai", "So."),
        ("human", "Why so?"),
    ]


def test_usage_is_the_sum_of_what_is_reported() -> None:
    """Some providers report a prompt's tokens first and a reply's last."""
    assert reply(tokens(7, 0), text("x"), tokens(0, 3))[-1] == ReplyEnd("fake:m", Usage(7, 3, reported=True), None)


def test_reasoning_is_no_text() -> None:
    """Of a chunk made of blocks only the text is taken."""
    blocks = AIMessageChunk(content=[{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Yes."}])
    assert reply(blocks)[:-1] == ["Yes."]


@pytest.mark.parametrize(
    "metadata",
    [
        {"finish_reason": "stop"},
        {"finish_reason": "STOP"},
        {"stop_reason": "end_turn"},
        {"stopReason": "end_turn"},
        {"done_reason": "stop"},
        {"finish_reason": None},
        {"incomplete_details": None},
    ],
)
def test_a_whole_reply_is_known_by_each_providers_word(metadata: dict[str, Any]) -> None:
    """Whatever it is called and however it is written, the reply is whole."""
    assert reply(text("x"), finish(**metadata))[0] == "x"


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"finish_reason": "length"}, ProviderTruncatedReplyError),
        ({"finish_reason": "MAX_TOKENS"}, ProviderTruncatedReplyError),
        ({"stop_reason": "max_tokens"}, ProviderTruncatedReplyError),
        ({"incomplete_details": {"reason": "max_output_tokens"}}, ProviderTruncatedReplyError),
        ({"finish_reason": "content_filter"}, ProviderFilteredReplyError),
        ({"finish_reason": "SAFETY"}, ProviderFilteredReplyError),
        ({"stop_reason": "refusal"}, ProviderFilteredReplyError),
        ({"finish_reason": "tool_calls"}, ProviderReplyError),
        ({"finish_reason": "error"}, ProviderReplyError),
    ],
)
def test_any_other_end_is_an_error_of_its_kind(metadata: dict[str, Any], error: type[ProviderError]) -> None:
    """Cut short, filtered, or something else than text; a reason is known wherever it came in the stream."""
    with pytest.raises(ProviderError) as raised:
        reply(text("x"), finish(**metadata), tokens(1, 1))
    assert type(raised.value) is error


@pytest.mark.parametrize("steps", [[text("")], [text(" \n"), finish(finish_reason="stop")], [tokens(1, 1)]])
def test_a_reply_without_text_is_empty(steps: list[Step]) -> None:
    """White space is no reply."""
    with pytest.raises(ProviderEmptyReplyError):
        reply(*steps)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_HTTPError(429), ProviderRateLimitError),
        (_HTTPError(401), ProviderRejectedError),
        (_HTTPError(404), ProviderRejectedError),
        (_HTTPError(408), ProviderUnavailableError),
        (_HTTPError(503), ProviderUnavailableError),
        (ConnectionRefusedError("no"), ProviderUnavailableError),
        (TimeoutError("of the provider's own"), ProviderUnavailableError),
        (KeyError("a bug"), ProviderError),
    ],
)
def test_each_error_before_the_first_text_is_ours(error: Exception, kind: type[ProviderError]) -> None:
    """By its status, or by the system's error behind it; the provider's own error is the cause."""
    with pytest.raises(ProviderError) as raised:
        reply(error)
    assert type(raised.value) is kind
    assert raised.value.__cause__ is error
    assert "fake:m" in str(raised.value)


def test_the_systems_error_is_found_behind_others() -> None:
    """Packages wrap what could not be reached, some of them twice."""
    wrapped = RuntimeError("Connection error.")
    wrapped.__cause__ = ValueError("inner")
    wrapped.__cause__.__context__ = OSError("unreachable")
    with pytest.raises(ProviderUnavailableError):
        reply(wrapped)


def test_an_error_amid_the_text_broke_the_reply_off() -> None:
    """What came before is handed out, and then the error."""
    with pytest.raises(ProviderBrokeOffError):
        reply(text("Leaves"), RuntimeError("peer closed connection"))


@pytest.mark.parametrize(
    ("steps", "limits", "words"),
    [
        ([60.0], ChatLimits(first_token_s=0.02), "to begin its reply"),
        ([text(""), 60.0], ChatLimits(first_token_s=0.02, idle_s=60), "to begin its reply"),
        ([text("x"), 60.0], ChatLimits(idle_s=0.02), "paused amid its reply"),
        ([text("x"), 0.01] * 100, ChatLimits(total_s=0.1), "for a whole reply"),
    ],
    ids=["silent", "no text", "stalled", "a trickle"],
)
def test_each_limit_ends_a_slow_reply(steps: list[Step], limits: ChatLimits, words: str) -> None:
    """The error says which limit was passed."""
    with pytest.raises(ProviderTooSlowError, match=words):
        reply(*steps, limits=limits)


def test_a_reply_that_is_closed_ends_the_providers_stream() -> None:
    """Nothing goes on behind a reader who has gone."""
    model = _ScriptedModel(steps=[text("x"), 60.0])

    async def read_one() -> None:
        stream = LangChainChatModel(model, "fake:m").stream(ASKED, lambda: False)
        assert await anext(stream) == "x"
        await stream.aclose()
        await asyncio.sleep(0)
        assert model.closed

    asyncio.run(read_one())


def test_a_reply_that_is_cancelled_ends_the_providers_stream() -> None:
    """A cancellation is no error of the provider's."""
    model = _ScriptedModel(steps=[60.0])

    async def cancel() -> None:
        stream = LangChainChatModel(model, "fake:m").stream(ASKED, lambda: False)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert model.closed

    asyncio.run(cancel())


@pytest.mark.parametrize("name", ["", "gpt-5", ":gpt-5", "openai:"])
def test_a_name_without_provider_or_model_is_refused(name: str) -> None:
    """The error shows what a name looks like."""
    with pytest.raises(ConfigurationError, match="write provider:model"):
        load_langchain_chat(name)


def test_a_provider_that_is_not_known_is_refused() -> None:
    """The error names those that are."""
    with pytest.raises(ConfigurationError, match="anthropic"):
        load_langchain_chat("nobody:m")


def test_a_providers_missing_package_is_named() -> None:
    """The error says what to install."""
    with pytest.raises(ConfigurationError, match="pip install langchain-anthropic"):
        load_langchain_chat("anthropic:claude-haiku-4-5")


def test_without_langchain_the_extra_is_named() -> None:
    """The product works without the package; only such a model needs it."""
    code = """
import sys
sys.modules["langchain"] = None
from rag.adapters.langchain_chat import load_langchain_chat
try:
    load_langchain_chat("anthropic:m")
except Exception as error:
    print(type(error).__name__, error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 our own words
    assert run.stdout.startswith("ConfigurationError")
    assert "quicktakes-rag[providers]" in run.stdout


class _Refusing:
    """Stands for a provider's class that refuses how it is set up."""

    def __call__(self, *_: object, **__: object) -> BaseChatModel:
        raise RuntimeError("no key")


@pytest.mark.parametrize("init", [_Refusing()])
def test_what_a_providers_package_refuses_is_a_matter_of_configuration(
    init: Callable[..., BaseChatModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing key is told in the package's own words."""
    monkeypatch.setattr("langchain.chat_models.init_chat_model", init)
    with pytest.raises(ConfigurationError, match="no key"):
        load_langchain_chat("openai:m")
