"""Our chat models as LangChain's: with and without an event loop, whole, broken off and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage

from rag.adapters.langchain_model import as_langchain
from rag.errors import ProviderBrokeOffError, ProviderError, ProviderRejectedError, QuestionError
from rag.models import ChatMessage, ReplyEnd, ReplyPart, ReplyRestart, Usage

END = ReplyEnd("fake:m", Usage(7, 2, reported=True), 0.0)
Ask = Callable[[BaseChatModel, Any], list[AIMessageChunk]]


@dataclass
class _Scripted:
    """Gives the parts of a script, fails with its errors, and waits a minute for each number."""

    script: Sequence[ReplyPart | Exception | float]
    name: str = "fake:m"
    asked: list[ChatMessage] = field(default_factory=list[ChatMessage])
    shown: list[bool] = field(default_factory=list[bool])
    closed: bool = False

    async def stream(self, messages: Sequence[ChatMessage], is_shown: Callable[[], bool]) -> AsyncGenerator[ReplyPart]:
        self.asked.extend(messages)
        try:
            async with asyncio.timeout(60):  # belongs to one task, as time limits do
                for step in self.script:
                    self.shown.append(is_shown())
                    if isinstance(step, Exception):
                        raise step
                    if isinstance(step, float):
                        await asyncio.sleep(step)
                    else:
                        yield step
        finally:
            self.closed = True


class _Tokens(BaseCallbackHandler):
    def __init__(self) -> None:
        self.tokens: list[object] = []

    def on_llm_new_token(self, token: object, **kwargs: Any) -> None:  # noqa: ARG002 LangChain's
        self.tokens.append(token)


def ask_here(model: BaseChatModel, asked: Any) -> list[AIMessageChunk]:
    """Return the chunks of a stream, read without an event loop."""
    return list(model.stream(asked))


def ask_on_a_loop(model: BaseChatModel, asked: Any) -> list[AIMessageChunk]:
    """Return the chunks of a stream, read on an event loop."""

    async def reading() -> list[AIMessageChunk]:
        return [chunk async for chunk in model.astream(asked)]

    return asyncio.run(reading())


def ask_here_amid_a_loop(model: BaseChatModel, asked: Any) -> list[AIMessageChunk]:
    """Return the chunks of a stream, read by a caller that blocks an event loop, as notebooks do."""

    async def blocking() -> list[AIMessageChunk]:
        return list(model.stream(asked))

    return asyncio.run(blocking())


@pytest.fixture(params=[ask_here, ask_on_a_loop, ask_here_amid_a_loop])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Return a way to read a stream."""
    return request.param


def test_a_stream_is_what_the_port_gives(ask: Ask) -> None:
    """Each piece is a chunk; the last one has the usage, the finish reason and the model's name."""
    *pieces, last = ask(as_langchain(_Scripted(["Leaves", " are green.", END])), "Why?")
    assert [piece.content for piece in pieces] == ["Leaves", " are green."]
    assert last.usage_metadata == {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}
    assert last.response_metadata["finish_reason"] == "stop"
    assert last.response_metadata["model_name"] == "fake:m"


def test_messages_keep_their_roles(ask: Ask) -> None:
    """What system, human and AI say becomes our messages."""
    port = _Scripted(["x", END])
    ask(as_langchain(port), [SystemMessage("Be brief."), HumanMessage("Why?"), AIMessage("So."), HumanMessage("And?")])
    assert port.asked == [
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "Why?"),
        ChatMessage("assistant", "So."),
        ChatMessage("user", "And?"),
    ]


def test_the_port_is_told_when_something_was_shown(ask: Ask) -> None:
    """What LangChain has streamed cannot be taken back, so nothing is tried again after the first piece."""
    port = _Scripted([ReplyRestart("the first attempt failed"), "x", "y", END])
    assert [chunk.content for chunk in ask(as_langchain(port), "Why?")] == ["x", "y", ""]
    assert port.shown == [False, False, True, True]


@pytest.mark.parametrize("before", [[], ["Leaves"]])
def test_an_error_of_the_port_is_raised_as_it_is(ask: Ask, before: list[str]) -> None:
    """Before the first piece and after it."""
    error = ProviderRejectedError("no such model")
    with pytest.raises(ProviderError) as raised:
        ask(as_langchain(_Scripted([*before, error])), "Why?")
    assert raised.value is error


def test_a_stream_without_its_end_broke_off(ask: Ask) -> None:
    """A reply whose end does not come is not whole."""
    with pytest.raises(ProviderBrokeOffError):
        ask(as_langchain(_Scripted(["Leaves"])), "Why?")


def test_invoking_gives_the_whole_message() -> None:
    """With an event loop and without one."""
    here = as_langchain(_Scripted(["Leaves", " are green.", END])).invoke("Why?")
    on_a_loop = asyncio.run(as_langchain(_Scripted(["Leaves", " are green.", END])).ainvoke("Why?"))
    assert here.content == on_a_loop.content == "Leaves are green."
    assert here.response_metadata == on_a_loop.response_metadata == {"finish_reason": "stop", "model_name": "fake:m"}


@pytest.mark.parametrize("call", ["stream", "astream", "invoke", "ainvoke"])
def test_callbacks_get_each_token(call: str) -> None:
    """However the model is called, each piece is told as it comes."""
    model, tokens = as_langchain(_Scripted(["Leaves", " are", END])), _Tokens()
    config: Any = {"callbacks": [tokens]}

    async def on_a_loop() -> None:
        if call == "ainvoke":
            await model.ainvoke("Why?", config)
        else:
            assert [chunk async for chunk in model.astream("Why?", config)]

    if call.startswith("a"):
        asyncio.run(on_a_loop())
    elif call == "invoke":
        model.invoke("Why?", config)
    else:
        assert list(model.stream("Why?", config))
    assert tokens.tokens == ["Leaves", " are", ""]


def test_a_stream_that_is_left_closes_the_ports() -> None:
    """A reader who has gone keeps nothing running: no thread, no connection."""
    port = _Scripted(["x", 60.0])
    stream = as_langchain(port).stream("Why?")
    assert next(stream).content == "x"
    stream.close()
    assert port.closed


def test_a_stream_that_is_left_on_a_loop_closes_the_ports() -> None:
    """The same on an event loop."""
    port = _Scripted(["x", 60.0])

    async def leave() -> None:
        stream = as_langchain(port).astream("Why?")
        assert (await anext(stream)).content == "x"
        await stream.aclose()
        await asyncio.sleep(0.01)
        assert port.closed

    asyncio.run(leave())


@pytest.mark.parametrize(
    ("asked", "stop", "words"),
    [
        ([HumanMessage("Why?"), ToolMessage("4", tool_call_id="1")], None, "takes no ToolMessage"),
        ("Why?", ["."], "takes no stop words"),
    ],
)
def test_what_the_port_cannot_be_asked_is_refused(asked: Any, stop: list[str] | None, words: str) -> None:
    """Rather than left out in silence."""
    port = _Scripted(["x", END])
    with pytest.raises(QuestionError, match=words):
        as_langchain(port).invoke(asked, stop=stop)
    assert not port.asked
