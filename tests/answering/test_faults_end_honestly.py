"""Whatever goes wrong at a chat model's server, an answer comes that is whole, grounded, and says what went wrong."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
from made_corpus import check_grounding
from made_replies import check_events, with_model

from rag.adapters.chat_limits import ChatLimits
from rag.adapters.openai_chat import OpenAIChatModel
from rag.answering import Answerer
from rag.chat_models import Candidate, CircuitBreaker, ResilientChatModel, Retries
from rag.models import Answer, AnswerEvent, SentenceShown
from rag.testing.chat_script import ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

VIRUS = "How do influenza viruses get into cells?"
BINDS = "Influenza viruses bind sialic acid on the cell's surface."
REPLY = f"{BINDS} Acid in the vesicle then makes the viral"
"""A sentence to show, and the beginning of another."""

SHOWN = 12
"""Pieces of it after which the sentence is shown."""

LIMITS = ChatLimits(total_s=2.0, first_token_s=1.0, idle_s=0.6, most_tokens=50)
BOUND_S = 12.0
"""Two attempts within their limits and the pause between them take less than three; the rest is for a busy machine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a server does to every request, and what the answer says of it.

    Attributes:
        asked: how many requests are made for one answer.
    """

    name: str
    reply: ChatReply
    told: str
    asked: int = 2


def refused(status: int, message: str, code: str | None = None, **headers: str) -> ChatReply:
    """Return a reply that is an error."""
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    return ChatReply(status=status, message=message, code=code, headers=own)


CUT = "cannot be used now|broke off|ended its reply"
"""However the connection's end is noticed."""

FAULTS = [
    Fault("slow first token", ChatReply(REPLY, first_delay_s=60), "more than 1 s for the first word"),
    Fault("silence after the head", ChatReply(REPLY, fault="stall", fault_after=0), "more than 1 s for the first word"),
    Fault("stall", ChatReply(REPLY, fault="stall", fault_after=3), "sent nothing for 0.6 s"),
    Fault("trickle past the deadline", ChatReply("word " * 200, delay_s=0.1), "more than 2 s for its reply"),
    Fault("blanks for ever", ChatReply(REPLY, fault="endless", fault_after=3), "over 204,800 bytes", asked=1),
    Fault("rate limit", refused(429, "slow down"), "limits how much may be asked .*slow down"),
    Fault("rate limit, soon over", refused(429, "slow down", Retry_After="0"), "limits how much may be asked"),
    Fault("rate limit, long", refused(429, "slow down", Retry_After="90"), "try again in 90 s", asked=1),
    Fault("error 500", refused(500, "it fell over"), "cannot be used now .*it fell over"),
    Fault("error 503", refused(503, "loading the model"), "cannot be used now .*loading the model"),
    Fault("error", ChatReply(REPLY, fault="error", fault_after=3, message="no memory"), "broke off .*no memory"),
    Fault("cut", ChatReply(REPLY, fault="cut", fault_after=3), CUT),
    Fault("no finish reason", ChatReply("Influenza", finish_reason=None), "without a finish reason"),
    Fault("unknown finish reason", ChatReply("Influenza", finish_reason="bored"), "do not know: 'bored'", asked=1),
    Fault("malformed JSON", ChatReply(REPLY, fault="malformed", fault_after=3), "cannot be read", asked=1),
    Fault("a web page", ChatReply(fault="html"), "cannot be read", asked=1),
    Fault("no choices", ChatReply(REPLY, fault="no choices"), "no choice in any", asked=1),
    Fault("empty text", ChatReply([]), "without a word", asked=1),
    Fault("blank text", ChatReply([" ", "\n"]), "without a word", asked=1),
    Fault("thoughts alone", ChatReply([], thoughts=["Hm, ", "viruses."]), "without a word", asked=1),
    Fault("a tool call", ChatReply(tool_calls=[("look_up", "{}")]), "calls a tool", asked=1),
    Fault("content filter", ChatReply("Influenza", finish_reason="content_filter"), "content filter", asked=1),
    Fault("length", ChatReply("Influenza", finish_reason="length"), "cut its reply at the most tokens", asked=1),
    Fault("wrong key", refused(401, "bad key"), "refused the request .*check OPENAI_API_KEY", asked=1),
    Fault("forbidden", refused(403, "not for you"), "check OPENAI_API_KEY", asked=1),
    Fault("no such model", refused(404, "no such model"), "check the model's name and OPENAI_BASE_URL", asked=1),
    Fault("prompt too long", refused(400, "too many tokens"), "refused the request .*too many tokens", asked=1),
    Fault("no money", refused(429, "no quota", "insufficient_quota"), "check .* the account", asked=1),
]  # fmt: skip

LATE = [
    Fault("stall", ChatReply(REPLY, fault="stall", fault_after=SHOWN), "sent nothing", asked=1),
    Fault("error", ChatReply(REPLY, fault="error", fault_after=SHOWN), "broke off its reply", asked=1),
    Fault("cut", ChatReply(REPLY, fault="cut", fault_after=SHOWN), CUT, asked=1),
    Fault("no finish reason", ChatReply(REPLY, finish_reason=None), "without a finish reason", asked=1),
    Fault("content filter", ChatReply(REPLY, finish_reason="content_filter"), "content filter", asked=1),
    Fault("length", ChatReply(REPLY, finish_reason="length"), "cut its reply at the most", asked=1),
]  # fmt: skip


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Give a running server."""
    with OpenAIServer() as running:
        yield running


def ask(biology: Answerer, url: str) -> list[AnswerEvent]:
    """Return the events of an answer that the model at an address writes."""

    async def collect() -> list[AnswerEvent]:
        model = OpenAIChatModel("m", url, limits=LIMITS)
        retries = Retries(deadline_s=6.0, first_pause_s=0.01, longest_pause_s=0.1)
        answerer = with_model(
            biology, ResilientChatModel([Candidate(model, CircuitBreaker(model.name))], retries=retries)
        )
        try:
            async with asyncio.timeout(BOUND_S), aclosing(answerer.stream(VIRUS)) as events:
                return [event async for event in events]
        finally:
            await model.aclose()

    return asyncio.run(collect())


def check_honest(biology: Answerer, events: list[AnswerEvent], told: str, *, is_late: bool) -> None:
    """Fail unless an answer is whole, supported, cited, and tells of a fault."""
    check_events(events)
    answer = events[-1]
    assert isinstance(answer, Answer)
    check_grounding(answer, biology)
    assert answer.status == "answered"
    assert answer.rung == ("generated" if is_late else "composed")
    assert answer.text.endswith("Acid in the vesicle then makes the viral envelope fuse with its membrane.")
    (notice,) = answer.notices
    begun = "The rest of the answer was" if is_late else "The answer was"
    assert notice.startswith(f"{begun} put together from the entries without the language model: ")
    assert re.search(told, notice), notice
    if is_late:
        first = events[1]
        assert isinstance(first, SentenceShown)
        assert first.sentence.text == BINDS
        assert answer.provenance.model is not None
    else:
        assert (answer.text, answer.sentences) == (biology.ask(VIRUS).text, biology.ask(VIRUS).sentences)
        assert answer.provenance.model is None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_ends_in_a_whole_answer_that_tells_of_it(biology: Answerer, server: OpenAIServer, fault: Fault) -> None:
    """The composer answers, a notice names the fault, and nobody waits for ever."""
    server.chat_default = lambda _: fault.reply

    check_honest(biology, ask(biology, server.url), fault.told, is_late=False)
    assert len(server.chats) == fault.asked


@pytest.mark.parametrize("fault", LATE, ids=lambda fault: fault.name)
def test_what_was_shown_before_a_fault_stays(biology: Answerer, server: OpenAIServer, fault: Fault) -> None:
    """The composer says the rest, a notice names the fault, and nobody is asked again."""
    server.chat_default = lambda _: fault.reply

    check_honest(biology, ask(biology, server.url), fault.told, is_late=True)
    assert len(server.chats) == fault.asked


def test_a_refused_connection_ends_in_a_whole_answer(biology: Answerer) -> None:
    """Nobody listens there."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        events = ask(biology, f"http://127.0.0.1:{closed.getsockname()[1]}/v1")

    check_honest(biology, events, "cannot be used now", is_late=False)


@pytest.mark.parametrize(
    "first",
    [fault for fault in FAULTS if fault.asked == 2 and "trickle" not in fault.name],
    ids=lambda fault: fault.name,
)
def test_a_fault_that_passes_is_not_seen(biology: Answerer, server: OpenAIServer, first: Fault) -> None:
    """The second attempt answers, and nothing of the first is left."""
    server.chat_scripts = [first.reply, ChatReply(BINDS)]

    answer = ask(biology, server.url)[-1]

    assert isinstance(answer, Answer)
    assert (answer.rung, answer.text, answer.notices) == ("generated", BINDS, ())


def test_the_page_gives_the_number_of_faults(repository: Path) -> None:
    """docs/generation.md says how many are tried; a refused connection is one."""
    page = (repository / "docs/generation.md").read_text(encoding="utf-8")
    assert f"tries {len(FAULTS) + len(LATE) + 1} faults" in page
