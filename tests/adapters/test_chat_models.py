"""The contract of `rag.ports.ChatModel`, for the double, for a server, and for models that stand in for one another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from rag.adapters.openai_chat import OpenAIChatModel
from rag.chat_models import Candidate, CircuitBreaker, ResilientChatModel
from rag.errors import ProviderBrokeOffError, ProviderError
from rag.models import ChatMessage, ReplyEnd, ReplyPart
from rag.ports import ChatModel
from rag.testing import ScriptedChatModel
from rag.testing.chat_script import ChatReply
from rag.testing.openai_server import OpenAIServer

MESSAGES = [ChatMessage("system", "Be brief."), ChatMessage("user", "Why?")]


@dataclass(frozen=True)
class Made:
    """A model with what closes it, and says how many of its replies are under way."""

    model: ChatModel
    close: Callable[[], Awaitable[None]]
    open: Callable[[], int]


Make = Callable[[list[str], bool], Made]


async def _nothing() -> None:
    """Close nothing."""


def _scripted(pieces: list[str], fails: bool) -> Made:  # noqa: FBT001 one of two
    model = ScriptedChatModel([[*pieces, *([ProviderBrokeOffError("gone")] if fails else [])]])
    return Made(model, _nothing, lambda: model.open)


def _resilient(pieces: list[str], fails: bool) -> Made:  # noqa: FBT001 one of two
    made = _scripted(pieces, fails)
    return Made(ResilientChatModel([Candidate(made.model, CircuitBreaker("scripted"))]), made.close, made.open)


@pytest.fixture(params=["scripted", "resilient", pytest.param("openai", marks=pytest.mark.allow_hosts(["127.0.0.1"]))])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Give what makes each kind of model, with the pieces of its replies and whether it breaks off after them."""
    if request.param != "openai":
        yield _scripted if request.param == "scripted" else _resilient
        return
    with OpenAIServer() as server:

        def at_server(pieces: list[str], fails: bool) -> Made:  # noqa: FBT001 one of two
            reply = ChatReply(pieces, fault="cut" if fails else None, fault_after=len(pieces))
            server.chat_default = lambda _: reply
            model = OpenAIChatModel("m", server.url)
            return Made(model, model.aclose, lambda: sum(not asked.left.wait(0.5) for asked in server.chats))

        yield at_server


def read(made: Made, most: int = 99, *, is_shown: bool = True) -> list[ReplyPart]:
    """Return the first parts of a reply, which is closed after them."""

    async def collect() -> list[ReplyPart]:
        parts: list[ReplyPart] = []
        async with aclosing(made.model.stream(MESSAGES, lambda: is_shown)) as stream:
            async for part in stream:
                parts.append(part)
                if len(parts) == most:
                    break
        await made.close()
        return parts

    return asyncio.run(collect())


def test_a_reply_is_its_text_and_then_its_end(make: Make) -> None:
    """Pieces join to the text, the end comes last and once, with a name, counts, and a price or none."""
    *pieces, end = read(make(["Light ", "is ", "reflected."], False))

    assert "".join(map(str, pieces)) == "Light is reflected."
    assert isinstance(end, ReplyEnd)
    assert end.model
    assert end.usage.prompt_tokens > 0
    assert end.usage.completion_tokens == 3
    assert end.cost_usd in {None, 0}


def test_a_model_has_a_name(make: Make) -> None:
    """For provenance and messages."""
    assert make(["Yes."], False).model.name


def test_a_reply_that_fails_has_no_end(make: Make) -> None:
    """What came before the failure was given; then it is raised."""
    made = make(["Light ", "is "], True)

    async def collect() -> list[ReplyPart]:
        parts: list[ReplyPart] = []
        with pytest.raises(ProviderError):  # noqa: PT012 a reply is read piece by piece
            async with aclosing(made.model.stream(MESSAGES, lambda: True)) as stream:
                async for part in stream:
                    parts.append(part)  # noqa: PERF401 what came before a failure counts
        await made.close()
        return parts

    assert asyncio.run(collect()) == ["Light ", "is "]


def test_a_reply_that_is_closed_leaves_nothing_open(make: Make) -> None:
    """Whoever stops reading frees what the reply held."""
    made = make(["Light "] * 5_000, False)

    assert read(made, most=1) == ["Light "]
    assert made.open() == 0


def test_a_model_replies_again_and_again(make: Make) -> None:
    """One model serves many questions, one event loop after the other."""
    made = make(["Yes."], False)

    assert [read(made)[0] for _ in range(3)] == ["Yes."] * 3


def test_replies_may_be_under_way_together(make: Make) -> None:
    """Each is whole."""
    made = make(["Light ", "is."], False)

    async def one() -> list[ReplyPart]:
        async with aclosing(made.model.stream(MESSAGES, lambda: False)) as stream:
            return [part async for part in stream]

    async def several() -> list[list[ReplyPart]]:
        replies = await asyncio.gather(*(one() for _ in range(10)))
        await made.close()
        return replies

    assert [reply[:-1] for reply in asyncio.run(several())] == [["Light ", "is."]] * 10
