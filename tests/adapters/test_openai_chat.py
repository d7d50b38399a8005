"""Replies from a chat server: what is text of an answer, and how a reply may fail, each failure by its name."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from rag.adapters.openai_chat import ChatLimits, OpenAIChatModel
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
from rag.testing.chat_script import ChatAsked, ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = "sk-secret-4711"
QUESTION = [ChatMessage("system", "Be brief."), ChatMessage("user", "Why do leaves look green?")]
PIECES = ["Leaves ", "reflect ", "green ", "light."]


@pytest.fixture
def chat_server() -> Iterator[OpenAIServer]:
    """Give a scripted server on this machine."""
    with OpenAIServer() as running:
        yield running


def model_at(server: OpenAIServer, **limits: float) -> OpenAIChatModel:
    """Return a model at the server."""
    return OpenAIChatModel("m", server.url, KEY, ChatLimits(**limits))  # type: ignore[arg-type]


def run(model: OpenAIChatModel, work: Callable[[OpenAIChatModel], Coroutine[Any, Any, Any]]) -> Any:
    """Return what comes of some work with a model, whose connections are closed after it."""

    async def closing() -> Any:
        try:
            return await work(model)
        finally:
            await model.aclose()

    return asyncio.run(closing())


def never() -> bool:
    """Say that nobody has seen anything."""
    return False


async def read(model: OpenAIChatModel) -> list[ReplyPart]:
    """Return all parts of a reply."""
    async with aclosing(model.stream(QUESTION, never)) as parts:
        return [part async for part in parts]


def reply_to(server: OpenAIServer, *replies: ChatReply, **limits: float) -> list[ReplyPart]:
    """Return the parts of one reply of a server with this script."""
    server.chat_scripts[:] = replies
    return run(model_at(server, **limits), read)


def failure_of(server: OpenAIServer, reply: ChatReply, **limits: float) -> tuple[ProviderError, list[ReplyPart]]:
    """Return how a reply of a server failed, and what came before."""
    server.chat_scripts[:] = [reply]
    parts: list[ReplyPart] = []

    async def collect(model: OpenAIChatModel) -> None:
        async with aclosing(model.stream(QUESTION, never)) as stream:
            async for part in stream:
                parts.append(part)  # noqa: PERF401 what came before a failure counts

    with pytest.raises(ProviderError) as caught:
        run(model_at(server, **limits), collect)
    assert not any(isinstance(part, ReplyEnd) for part in parts)
    return caught.value, parts


def raw(server: OpenAIServer, *lines: str, monkeypatch: pytest.MonkeyPatch) -> OpenAIServer:
    """Return the server, made to send these lines whatever its script says."""
    monkeypatch.setattr("rag.testing.openai_server._events", lambda *_: range(len(lines)))
    monkeypatch.setattr("rag.testing.openai_server._line", lambda place: lines[place].encode() + b"\n\n")
    return server


def test_a_whole_reply_comes_in_pieces_and_ends_with_its_usage(chat_server: OpenAIServer) -> None:
    """Text comes as the server cuts it; the end names the model, usage as reported, and no price that is unknown."""
    *pieces, end = reply_to(chat_server, ChatReply(PIECES))

    assert pieces == PIECES
    assert end == ReplyEnd(model_at(chat_server).name, Usage(14, 4, reported=True), None)
    assert chat_server.chats[0].authorization == f"Bearer {KEY}"


def test_the_request_asks_for_the_same_words_each_time(chat_server: OpenAIServer) -> None:
    """Temperature 0, a stream with its usage, and a greatest length in the name that every server but OpenAI knows."""
    reply_to(chat_server, ChatReply(PIECES))

    assert chat_server.chats[0].body == {
        "model": "m",
        "messages": [{"role": message.role, "content": message.content} for message in QUESTION],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": 1_024,
    }


def test_openai_is_told_the_greatest_length_in_its_new_name() -> None:
    """Its newest models refuse the old one."""
    options = OpenAIChatModel("gpt-5.4-mini", api_key=KEY)._options

    assert "max_tokens" not in options
    assert options["max_completion_tokens"] == 1_024


def test_options_that_a_server_refuses_are_left_out_from_then_on(chat_server: OpenAIServer) -> None:
    """Each is named in a refusal; the reply comes all the same, and the next request needs no second try."""
    refused = {
        "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        "temperature": "Unsupported value: 'temperature' does not support 0 with this model.",
        "stream_options": "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options')}]" + "." * 400,
    }

    def choosy(asked: ChatAsked) -> ChatReply:
        found = next((message for name, message in refused.items() if name in asked.body), None)
        return ChatReply(status=400, message=found) if found else ChatReply(PIECES)

    chat_server.chat_default = choosy

    async def twice(model: OpenAIChatModel) -> list[ReplyPart]:
        await read(model)
        return await read(model)

    *pieces, end = run(model_at(chat_server), twice)

    assert pieces == PIECES
    assert isinstance(end, ReplyEnd)
    assert not end.usage.reported
    assert len(chat_server.chats) == 5
    assert chat_server.chats[-1].body.keys() == {"model", "messages", "stream", "max_completion_tokens"}


def test_a_refusal_that_names_no_option_is_final(chat_server: OpenAIServer) -> None:
    """It is not asked again without what it never spoke of."""
    error, _ = failure_of(chat_server, ChatReply(status=400, message="no such thing"))

    assert isinstance(error, ProviderRejectedError)
    assert len(chat_server.chats) == 1


def test_a_greatest_length_is_never_given_up(chat_server: OpenAIServer) -> None:
    """A server that refuses both names is not asked without either: a reply would have no bound."""
    chat_server.chat_default = lambda _: ChatReply(status=400, message="no max_tokens, no max_completion_tokens")

    with pytest.raises(ProviderRejectedError):
        run(model_at(chat_server), read)
    assert len(chat_server.chats) == 2


def test_usage_that_is_missing_is_estimated(chat_server: OpenAIServer) -> None:
    """By the estimate that embeddings are bought with, of all messages and all that was written, and marked as such."""
    end = reply_to(chat_server, ChatReply(PIECES, has_usage=False))[-1]

    assert isinstance(end, ReplyEnd)
    assert end.usage == Usage(6 + 10, 11, reported=False)


@pytest.mark.parametrize(
    "usage", ["null", "{}", '{"prompt_tokens":-1,"completion_tokens":2}', "7", '{"prompt_tokens":true}']
)
def test_usage_that_is_none_is_estimated(
    chat_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, usage: str
) -> None:
    """Whatever is not two counts is no report."""
    line = 'data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"stop"}],"usage":' + usage + "}"
    end = reply_to(raw(chat_server, line, monkeypatch=monkeypatch), ChatReply(PIECES))[-1]

    assert isinstance(end, ReplyEnd)
    assert not end.usage.reported


@pytest.mark.parametrize(
    ("model", "url", "key", "cost"),
    [
        ("gpt-5-mini", None, KEY, 2.25),
        ("gpt-5-mini-2025-08-07", None, KEY, 2.25),
        ("gpt-9", None, KEY, None),
        ("gpt-5-mini", "http://127.0.0.1/v1", KEY, None),
        ("gpt-5-mini", "http://127.0.0.1/v1", None, 0),
    ],
)
def test_a_cost_is_known_or_said_to_be_unknown(
    model: str, url: str | None, key: str | None, cost: float | None
) -> None:
    """OpenAI's by model, dated or not; another server's is its own affair; who takes no key sends no bill."""
    assert OpenAIChatModel(model, url, key).cost_usd(Usage(1_000_000, 1_000_000)) == cost


def test_a_thought_is_no_text(chat_server: OpenAIServer) -> None:
    """What comes as reasoning is never given out, and counts as written where usage is estimated."""
    *pieces, end = reply_to(chat_server, ChatReply(PIECES, thoughts=["Hmm, ", "leaves."], has_usage=False))

    assert pieces == PIECES
    assert isinstance(end, ReplyEnd)
    assert end.usage.completion_tokens > 10


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["<think>Hmm.</think>", "Yes."], "Yes."),
        (["<th", "ink>Hm", "m.</th", "ink>\n", "\n", "Y", "es."], "Yes."),
        (["\n", "<think>", "</think>", "Yes. <think> is a tag."], "Yes. <think> is a tag."),
        (["  Yes."], "  Yes."),
        (["<thi", "s> is"], "<this> is"),
        (["<"], "<"),
        (["Yes. ", "<think>no</think>"], "Yes. <think>no</think>"),
    ],
)
def test_a_thought_between_tags_is_dropped_at_the_start_only(
    chat_server: OpenAIServer, pieces: Sequence[str], text: str
) -> None:
    """However it is cut into pieces; elsewhere the tag is text."""
    *given, _ = reply_to(chat_server, ChatReply(pieces))

    assert "".join(map(str, given)) == text


def test_a_thought_without_an_end_is_an_empty_reply(chat_server: OpenAIServer) -> None:
    """Nothing of it is given out."""
    error, parts = failure_of(chat_server, ChatReply(["<think>", "Hmm"]))

    assert isinstance(error, ProviderEmptyReplyError)
    assert parts == []


def test_a_character_that_is_cut_between_packets_is_whole(
    chat_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes may end anywhere, and lines may end as Windows ends them."""
    line = 'data: {"choices":[{"delta":{"content":"CO₂"},"finish_reason":"stop"}]}\r\n\r\n'.encode()
    parts = [line[:40], line[40:41], line[41:42], line[42:]]
    monkeypatch.setattr("rag.testing.openai_server._events", lambda *_: range(len(parts)))
    monkeypatch.setattr("rag.testing.openai_server._line", lambda place: parts[place])

    assert reply_to(chat_server, ChatReply(delay_s=0.01))[0] == "CO₂"


def test_a_server_that_is_not_there_is_named() -> None:
    """A refused connection is a failure that may pass, told with the address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"

    with pytest.raises(
        ProviderUnavailableError, match=r"the chat server http://127\.0\.0\.1.*check that it runs"
    ) as caught:
        run(OpenAIChatModel("m", url), read)
    assert caught.value.fault == "unavailable"


@pytest.mark.parametrize(
    ("reply", "words", "given"),
    [
        (ChatReply(PIECES, first_delay_s=5), r"0\.5 s for the first word", 0),
        (ChatReply(PIECES, fault="stall", fault_after=0), r"0\.5 s for the first word", 0),
        (ChatReply(["", *PIECES], delay_s=5), r"0\.5 s for the first word", 0),
        (ChatReply(PIECES, fault="stall", fault_after=2), r"nothing for 0\.6 s amid", 2),
        (ChatReply(PIECES, fault="endless", fault_after=2), r"nothing for 0\.6 s amid", 2),
        (ChatReply(PIECES * 50, delay_s=0.05), r"more than 1\.5 s for its reply", None),
    ],
    ids=["no head", "no event", "no word", "stalled", "blanks only", "trickle"],
)
def test_a_server_that_is_too_slow_is_left(
    chat_server: OpenAIServer, reply: ChatReply, words: str, given: int | None
) -> None:
    """For the first word, between two, or in all; the error says which, and the server sees that it was left."""
    started = time.monotonic()
    error, parts = failure_of(chat_server, reply, first_token_s=0.5, idle_s=0.6, total_s=1.5, most_tokens=10**6)

    assert isinstance(error, ProviderTooSlowError)
    assert error.retryable
    assert given is None or len(parts) == given
    assert time.monotonic() - started < 4
    assert chat_server.chats[0].left.wait(1)
    with pytest.raises(ProviderTooSlowError, match=words):
        raise error


def test_thoughts_are_signs_of_life(chat_server: OpenAIServer) -> None:
    """A model that thinks for longer than its first word may take is not left while thoughts come."""
    parts = reply_to(chat_server, ChatReply(PIECES, thoughts=["Hmm. "] * 12, delay_s=0.1), first_token_s=1, idle_s=1)

    assert parts[:-1] == PIECES


def test_time_that_the_reader_takes_is_not_the_servers(chat_server: OpenAIServer) -> None:
    """Who pauses between pieces for longer than a server may, loses nothing."""
    chat_server.chat_scripts[:] = [ChatReply(PIECES)]

    async def slowly(model: OpenAIChatModel) -> list[ReplyPart]:
        parts: list[ReplyPart] = []
        async with aclosing(model.stream(QUESTION, never)) as stream:
            async for part in stream:
                parts.append(part)
                await asyncio.sleep(0.35)
        return parts

    assert run(model_at(chat_server, idle_s=0.3), slowly)[:-1] == PIECES


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "KEY"), (403, "KEY"), (404, "BASE_URL"), (400, "account"), (402, "account")]
)
def test_a_refusal_is_final(chat_server: OpenAIServer, status: int, kind: str) -> None:
    """A wrong key, model or address is told with what to check, and never with the key."""
    error, parts = failure_of(chat_server, ChatReply(status=status, message=f"not with {KEY}"))

    assert isinstance(error, ProviderRejectedError)
    assert not error.retryable
    assert kind in str(error)
    assert KEY not in str(error)
    assert parts == []


def test_an_account_without_money_is_no_rate_limit(chat_server: OpenAIServer) -> None:
    """OpenAI says 429 to that too, but waiting does not mend it."""
    error, _ = failure_of(chat_server, ChatReply(status=429, message="quota", code="insufficient_quota"))

    assert isinstance(error, ProviderRejectedError)


def test_a_rate_limit_says_how_long_to_wait(chat_server: OpenAIServer) -> None:
    """In seconds, for whoever decides whether to."""
    error, _ = failure_of(chat_server, ChatReply(status=429, headers={"Retry-After": "7"}))

    assert isinstance(error, ProviderRateLimitError)
    assert error.retry_after_s == 7


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408])
def test_a_server_that_fails_may_do_better_later(chat_server: OpenAIServer, status: int) -> None:
    """One request is made: trying again is for another part to decide."""
    error, _ = failure_of(chat_server, ChatReply(status=status))

    assert isinstance(error, ProviderUnavailableError)
    assert len(chat_server.chats) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "fault", "given"),
    [
        (ChatReply(PIECES, fault="cut", fault_after=2), ProviderBrokeOffError, "broke off", 2),
        (ChatReply(PIECES, fault="error", fault_after=2), ProviderBrokeOffError, "broke off", 2),
        (
            ChatReply(PIECES, fault="error", code="rate_limit_exceeded"),
            ProviderRateLimitError,
            "rate limited",
            1,
        ),
        (ChatReply(PIECES, fault="error", code="insufficient_quota"), ProviderRejectedError, "rejected", 1),
        (ChatReply(PIECES, finish_reason=None), ProviderBrokeOffError, "broke off", 4),
        (ChatReply(PIECES, finish_reason="error"), ProviderBrokeOffError, "broke off", 4),
        (ChatReply(PIECES, fault="malformed", fault_after=2), ProviderReplyError, "malformed", 2),
        (ChatReply(PIECES, fault="html"), ProviderReplyError, "malformed", 0),
        (ChatReply(PIECES, finish_reason="length"), ProviderTruncatedReplyError, "cut short", 4),
        (ChatReply(PIECES, finish_reason="content_filter"), ProviderFilteredReplyError, "filtered", 4),
        (ChatReply(PIECES, finish_reason="whim"), ProviderReplyError, "malformed", 4),
        (ChatReply(tool_calls=[("look_up", "{}")]), ProviderReplyError, "malformed", 0),
        (ChatReply(finish_reason="tool_calls"), ProviderReplyError, "malformed", 0),
        (ChatReply(PIECES, fault="no choices"), ProviderEmptyReplyError, "empty", 0),
        (ChatReply([]), ProviderEmptyReplyError, "empty", 0),
        (ChatReply([" ", "\n"]), ProviderEmptyReplyError, "empty", 1),
    ],
    ids=[
        "connection cut",
        "error told",
        "rate limit told",
        "quota told",
        "no finish reason",
        "finish reason error",
        "no JSON",
        "HTML",
        "length",
        "content filter",
        "unknown finish reason",
        "tool call",
        "finish reason tool call",
        "no choices",
        "no text",
        "blanks",
    ],
)
def test_a_reply_that_is_not_whole_never_ends_as_one(
    chat_server: OpenAIServer, reply: ChatReply, kind: type[ProviderError], fault: str, given: int
) -> None:
    """What came before is given as it came; then an error says what is wrong, in a word that can be counted by."""
    error, parts = failure_of(chat_server, reply)

    assert type(error) is kind
    assert error.fault == fault
    assert "127.0.0.1" in str(error)
    assert len(parts) == given


WHOLE = 'data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"stop"}]}'


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (['{"choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}]}'], ProviderReplyError),
        (['{"error":{"message":"model is loading"}}'], ProviderBrokeOffError),
        (['error: {"code":500,"message":"out of memory"}'], ProviderBrokeOffError),
        (['data: {"error":"overloaded"}'], ProviderBrokeOffError),
        (["data: [1]"], ProviderReplyError),
        (["data: " + "[" * 100_000], ProviderReplyError),
        (["data: nonsense"], ProviderReplyError),
        (['data: {"choices":7}'], ProviderReplyError),
        (['data: {"choices":[7]}'], ProviderReplyError),
        (['data: {"choices":[{"delta":7}]}'], ProviderReplyError),
        (['data: {"choices":[{"delta":{"content":["Yes."]}}]}'], ProviderReplyError),
        (['data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":1}]}'], ProviderReplyError),
        ([WHOLE, 'data: {"choices":[{"delta":{"content":"And"}}]}'], ProviderBrokeOffError),
        (["data: [DONE]", WHOLE], ProviderBrokeOffError),
        ([], ProviderBrokeOffError),
    ],
)
def test_what_is_no_stream_of_replies_is_refused(
    chat_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, lines: Sequence[str], kind: type[ProviderError]
) -> None:
    """Whatever a server or something before it may send, the failure has one of our names."""
    error, _ = failure_of(raw(chat_server, *lines, monkeypatch=monkeypatch), ChatReply(fault_after=99))

    assert type(error) is kind


@pytest.mark.parametrize(
    "lines",
    [
        [": waiting", "event: message\nid: 7\nretry: 10\n" + WHOLE],
        ['data: {"choices":[{"delta":{"role":"assistant","content":null}}]}', WHOLE],
        ['data: {"choices":[{"delta":{"content":"Yes."}}]}', 'data: {"choices":[{"finish_reason":"stop"}]}'],
        [WHOLE.replace("Yes.", "Y"), WHOLE.replace("Yes.", "es.")],
        [WHOLE.replace("data: ", "data:")],
        [WHOLE, "data: [DONE]", "rubbish"],
    ],
)
def test_servers_may_write_a_stream_in_their_own_manner(
    chat_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, lines: Sequence[str]
) -> None:
    """Comments, other fields, a role without text, no delta at the end, a finish reason with every piece."""
    *pieces, end = reply_to(raw(chat_server, *lines, monkeypatch=monkeypatch), ChatReply())

    assert "".join(map(str, pieces)) == "Yes."
    assert isinstance(end, ReplyEnd)


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_a_failure_after_the_finish_reason_costs_only_the_usage(
    chat_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """The text is whole; usage is waited for only shortly, and estimated."""
    monkeypatch.setattr("rag.adapters.openai_chat._USAGE_WAIT_S", 0.1)
    *pieces, end = reply_to(chat_server, ChatReply(PIECES, fault=fault, fault_after=5))

    assert pieces == PIECES
    assert isinstance(end, ReplyEnd)
    assert not end.usage.reported


def test_a_reply_of_absurd_length_is_left(chat_server: OpenAIServer) -> None:
    """The bytes that come for a word are bounded, whatever they are."""
    error, _ = failure_of(chat_server, ChatReply(PIECES, fault="endless"), most_tokens=16)

    assert type(error) is ProviderReplyError
    assert "over 65,536 bytes" in str(error)
    assert chat_server.chats[0].left.wait(1)


def test_closing_a_reply_closes_its_connection(chat_server: OpenAIServer) -> None:
    """The server sees within half a second that nobody reads."""
    chat_server.chat_scripts[:] = [ChatReply(PIECES * 500, delay_s=0.02)]

    async def leave(model: OpenAIChatModel) -> bool:
        stream = model.stream(QUESTION, never)
        await anext(stream)
        await stream.aclose()
        return await asyncio.to_thread(chat_server.chats[0].left.wait, 0.5)

    assert run(model_at(chat_server), leave)


@pytest.mark.parametrize("delay_s", [0.0, 5.0], ids=["amid the reply", "before the first word"])
def test_cancelling_a_reader_closes_the_connection(chat_server: OpenAIServer, delay_s: float) -> None:
    """A task that is cancelled while it waits for the server leaves nothing open for longer than half a second."""
    taken = threading.Event()

    def take(_: ChatAsked) -> ChatReply:
        taken.set()
        return ChatReply(PIECES, first_delay_s=delay_s, fault="stall", fault_after=2)

    chat_server.chat_default = take

    async def cancel(model: OpenAIChatModel) -> bool:
        reading = asyncio.create_task(read(model))
        assert await asyncio.to_thread(taken.wait, 5)
        await asyncio.sleep(0.1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return await asyncio.to_thread(chat_server.chats[0].left.wait, 0.5)

    assert run(model_at(chat_server), cancel)


def test_one_model_serves_many_event_loops(chat_server: OpenAIServer) -> None:
    """Each has connections of its own: one that another loop keeps open is never used."""
    model = model_at(chat_server)
    chat_server.chat_default = lambda _: ChatReply(PIECES)

    with asyncio.Runner() as first, asyncio.Runner() as second:
        for runner in (first, second, first):
            assert runner.run(read(model))[:-1] == PIECES
        assert len(model._server._async_clients) == 2
        for runner in (first, second):
            runner.run(model.aclose())


def test_a_connection_is_used_again(chat_server: OpenAIServer) -> None:
    """After a whole reply the next one needs no new connection."""
    taken: list[int] = []
    connected = chat_server._serve

    async def count(*arguments: Any) -> None:
        taken.append(1)
        await connected(*arguments)

    chat_server._serve = count  # type: ignore[method-assign]
    chat_server.chat_default = lambda _: ChatReply(PIECES)

    async def thrice(model: OpenAIChatModel) -> None:
        for _ in range(3):
            await read(model)

    run(model_at(chat_server), thrice)

    assert len(chat_server.chats) == 3
    assert len(taken) == 1


def test_three_hundred_replies_come_at_once(chat_server: OpenAIServer) -> None:
    """All of them whole, each in its own pieces."""
    chat_server.chat_default = lambda asked: ChatReply([asked.prompt, "!"], delay_s=0.3)

    async def ask(model: OpenAIChatModel, number: int) -> list[ReplyPart]:
        async with aclosing(model.stream([ChatMessage("user", str(number))], never)) as parts:
            return [part async for part in parts]

    async def ask_all(model: OpenAIChatModel) -> list[list[ReplyPart]]:
        return await asyncio.gather(*(ask(model, number) for number in range(300)))

    replies = run(model_at(chat_server), ask_all)

    assert [reply[:-1] for reply in replies] == [[str(number), "!"] for number in range(300)]


def test_openai_needs_a_key() -> None:
    """OpenAI itself is never asked without one; a server of one's own is."""
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        OpenAIChatModel("gpt-5-mini")


def test_the_name_tells_provider_and_model() -> None:
    """Another server than OpenAI's is told apart by its address, without what is secret in it."""
    assert OpenAIChatModel("gpt-5-mini", api_key=KEY).name == "openai:gpt-5-mini"
    own = OpenAIChatModel("m", "http://127.0.0.1/v1").name
    assert own.startswith("openai:m@")
    assert own == OpenAIChatModel("m", "http://me:secret@127.0.0.1/v1/").name


def test_a_generator_that_is_only_made_asks_nothing(chat_server: OpenAIServer) -> None:
    """A request is made when the first piece is asked for."""

    async def make(model: OpenAIChatModel) -> None:
        stream: AsyncGenerator[ReplyPart] = model.stream(QUESTION, never)
        await stream.aclose()

    run(model_at(chat_server), make)

    assert chat_server.chats == []
