"""Replies by the batch, of a server on this machine that loses, reorders and fails lines as it is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_runs import osmosis_case
from suite_cases import make_case

from evals.batches import (
    Batches,
    BatchReply,
    BatchRequest,
    Collected,
    KeptBatches,
    Spending,
    endpoint_requests,
    open_batches,
    request_of,
    spending_of,
)
from evals.models import Exchange
from evals.systems import open_endpoint
from rag.adapters.openai_batches import OpenAIBatches
from rag.errors import (
    ConfigurationError,
    NotApprovedError,
    ProviderEmptyReplyError,
    ProviderError,
    ProviderFilteredReplyError,
    ProviderRejectedError,
    ProviderTooSlowError,
    ProviderTruncatedReplyError,
)
from rag.models import ChatMessage, Usage
from rag.settings import Settings
from rag.testing.batch_script import BatchReply as Ended
from rag.testing.chat_script import ChatAsked, ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

USD_A_TOKEN = 0.001


class Priced(OpenAIBatches):
    """A server of our own whose replies have a price."""

    def cost_usd(self, usage: Usage) -> float | None:
        """Return a thousandth of a dollar a token."""
        return (usage.prompt_tokens + usage.completion_tokens) * USD_A_TOKEN


class Killed(BaseException):
    """The process ends here."""


def say_back(asked: ChatAsked) -> ChatReply:
    """Reply with the prompt, so that each reply tells what it is for."""
    return ChatReply(f"to {asked.prompt}")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Give a server that says back what it is asked."""
    with OpenAIServer() as running:
        running.chat_default = say_back
        yield running


@pytest.fixture
def batches(server: OpenAIServer, tmp_path: Path) -> Iterator[Batches]:
    """Give batches of that server, which are looked at without a pause."""
    provider = Priced("scripted", server.url, "none")
    yield Batches(provider, KeptBatches(tmp_path / "run"), sleep=lambda _: None)
    provider.close()


def requests(*prompts: str) -> list[BatchRequest]:
    """Return a request for each prompt."""
    return [request_of("scripted", [ChatMessage("user", one)], {"max_completion_tokens": 50}) for one in prompts]


def again(batches: Batches, tmp_path: Path) -> Batches:
    """Return what another process opens in the same folder."""
    return Batches(batches.provider, KeptBatches(tmp_path / "run"), sleep=lambda _: None)


def yes(_: Spending) -> bool:
    """Approve."""
    return True


def never(spending: Spending) -> bool:
    """Fail: nothing is to be paid for."""
    raise AssertionError(spending)


def texts(replies: dict[str, BatchReply], asked: list[BatchRequest]) -> list[str]:
    """Return the texts of replies in the order of their requests."""
    return [replies[one.custom_id].text for one in asked]


def test_replies_are_joined_by_hash(batches: Batches, server: OpenAIServer) -> None:
    """Lines come last first, and each reply is still its own request's."""
    server.batch_door.scripts = [Ended(looks=3, reverse=True)]
    asked = requests("one", "two", "three")
    assert texts(batches.replies(asked, yes), asked) == ["to one", "to two", "to three"]
    (lines,) = server.batch_door.batches.values()
    assert lines[0]["body"] == {
        "model": "scripted",
        "messages": [{"role": "user", "content": "one"}],
        "max_tokens": 50,
    }
    assert [line["custom_id"] for line in lines] == [one.custom_id for one in asked]


def test_what_does_not_come_goes_back_to_the_queue(batches: Batches, server: OpenAIServer) -> None:
    """Expired, missing, failed and cut: the next batch asks these and no other, and they are approved once."""
    server.batch_door.scripts = [Ended(expired=frozenset({0}), missing=frozenset({1}), failed=frozenset({2}), cut=3)]
    asked = requests("one", "two", "three", "four", "five")
    shown: list[Spending] = []
    replies = batches.replies(asked, lambda spending: not shown.append(spending))
    assert texts(replies, asked) == ["to one", "to two", "to three", "to four", "to five"]
    assert [len(lines) for lines in server.batch_door.batches.values()] == [5, 4]
    assert len(shown) == 1


def test_a_whole_batch_that_expired_keeps_what_came(batches: Batches, server: OpenAIServer) -> None:
    """Of three requests one was replied to in time."""
    server.batch_door.scripts = [Ended(status="expired", expired=frozenset({0, 2}))]
    asked = requests("one", "two", "three")
    assert texts(batches.replies(asked, yes), asked) == ["to one", "to two", "to three"]
    assert [len(lines) for lines in server.batch_door.batches.values()] == [3, 2]


def test_what_never_comes_has_an_error(batches: Batches, server: OpenAIServer) -> None:
    """After three batches, in the provider's words; the others have their replies."""
    server.batch_door.scripts = [Ended(failed=frozenset({1})), *[Ended(failed=frozenset({0}))] * 2]
    asked = requests("one", "two")
    replies = batches.replies(asked, yes)
    assert replies[asked[0].custom_id].text == "to one"
    assert "500" in replies[asked[1].custom_id].error
    assert len(server.batch_door.batches) == 3


def test_a_batch_that_is_refused_as_a_whole_says_why(batches: Batches, server: OpenAIServer) -> None:
    """With what the provider says of its file."""
    server.batch_door.scripts = [Ended(status="failed", message="line 1 is too long")] * 3
    (reply,) = batches.replies(requests("one"), yes).values()
    assert reply.error == "line 1 is too long"


def test_a_process_killed_after_submitting_goes_on(batches: Batches, server: OpenAIServer, tmp_path: Path) -> None:
    """The next one collects what was paid for: it makes no batch, and asks for no approval."""

    def kill(_: float) -> None:
        raise Killed

    server.batch_door.scripts = [Ended(looks=2)]
    asked = requests("one", "two")
    with pytest.raises(Killed):
        Batches(batches.provider, batches.kept, sleep=kill).replies(asked, yes)
    assert texts(again(batches, tmp_path).replies(asked, never), asked) == ["to one", "to two"]
    assert texts(again(batches, tmp_path).replies(asked, never), asked) == ["to one", "to two"]
    assert len(server.batch_door.batches) == 1


def test_a_process_killed_amid_submitting_finds_its_batch(
    batches: Batches, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch was made and its id was not kept yet: it is found by its mark, and not made again."""
    submit = OpenAIBatches.submit

    def killed(own: OpenAIBatches, lines: bytes, mark: str) -> str | None:
        submit(own, lines, mark)
        raise Killed

    asked = requests("one", "two")
    with monkeypatch.context() as patch:
        patch.setattr(OpenAIBatches, "submit", killed)
        with pytest.raises(Killed):
            batches.replies(asked, yes)
    assert texts(again(batches, tmp_path).replies(asked, never), asked) == ["to one", "to two"]
    assert len(server.batch_door.batches) == 1


def test_a_process_killed_before_submitting_begins_again(
    batches: Batches, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was made under its mark, so the requests are approved and sent."""

    def killed(*_: object) -> None:
        raise Killed

    asked = requests("one")
    with monkeypatch.context() as patch:
        patch.setattr(OpenAIBatches, "submit", killed)
        with pytest.raises(Killed):
            batches.replies(asked, yes)
    assert not server.batch_door.batches
    assert texts(again(batches, tmp_path).replies(asked, yes), asked) == ["to one"]
    assert len(server.batch_door.batches) == 1


def test_more_requests_are_sent_alone(batches: Batches, server: OpenAIServer, tmp_path: Path) -> None:
    """What was replied to before is kept, and equal requests are one."""
    batches.replies(requests("one"), yes)
    asked = requests("one", "two", "two")
    assert texts(again(batches, tmp_path).replies(asked, yes), asked) == ["to one", "to two", "to two"]
    assert [len(lines) for lines in server.batch_door.batches.values()] == [1, 1]


def test_a_server_without_batches_is_left_to_be_asked_one_by_one(batches: Batches, server: OpenAIServer) -> None:
    """Nothing is sent, and the full price is approved before it is; who does not approve stops there."""
    server.batch_door.is_open = False
    asked = requests("one", "two")
    shown: list[Spending] = []
    replies = batches.replies(asked, lambda spending: not shown.append(spending))
    assert {one.error for one in replies.values()} == {"the server has no batches"}
    assert [one.is_batch for one in shown] == [True, False]
    assert shown[1].usd == pytest.approx(2 * (shown[0].usd or 0))
    assert server.chats == []
    with pytest.raises(NotApprovedError, match="2 requests one by one"):
        batches.replies(asked, lambda spending: spending.is_batch)


@pytest.mark.parametrize("status", [400, 413])
def test_a_line_that_is_refused_is_not_sent_again(
    batches: Batches, server: OpenAIServer, tmp_path: Path, status: int
) -> None:
    """Not by another round, nor by another process: only its price one by one is shown, which it may be asked for."""
    server.batch_door.scripts = [Ended(failed=frozenset({1}), status_code=status)]
    asked = requests("one", "two")
    shown: list[Spending] = []
    for own in (batches, again(batches, tmp_path)):
        replies = own.replies(asked, lambda spending: not shown.append(spending))
        assert replies[asked[0].custom_id].text == "to one"
        assert replies[asked[1].custom_id].error.startswith(f"{status}: ")
    assert [len(lines) for lines in server.batch_door.batches.values()] == [2]
    assert [(one.requests, one.is_batch) for one in shown] == [(2, True), (1, False), (1, False)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_line_that_failed_for_a_while_is_sent_again(batches: Batches, server: OpenAIServer, status: int) -> None:
    """By the next batch, with no further approval."""
    server.batch_door.scripts = [Ended(failed=frozenset({1}), status_code=status)]
    asked = requests("one", "two")
    shown: list[Spending] = []
    assert texts(batches.replies(asked, lambda spending: not shown.append(spending)), asked) == ["to one", "to two"]
    assert [len(lines) for lines in server.batch_door.batches.values()] == [2, 1]
    assert len(shown) == 1


def test_what_a_model_thinks_is_no_part_of_its_reply(batches: Batches, server: OpenAIServer) -> None:
    """As where its reply is waited for; the same words further on are text."""
    server.chat_scripts = [ChatReply("<think>Hm.</think>\n\nOne."), ChatReply("Two <think>.</think>")]
    asked = requests("one", "two")
    assert texts(batches.replies(asked, yes), asked) == ["One.", "Two <think>.</think>"]


def test_a_batch_that_never_ends_is_not_waited_for(batches: Batches, server: OpenAIServer, tmp_path: Path) -> None:
    """After a day and two hours its name is told, and how to go on, which then makes no other batch."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += 60 * seconds

    server.batch_door.scripts = [Ended(looks=26 * 2 + 2)]
    asked = requests("one")
    timed = Batches(batches.provider, batches.kept, sleep=sleep, clock=lambda: now)
    with pytest.raises(ProviderTooSlowError, match=r"batch batch_\d+ is still 'in_progress' after 26 h; go on in the"):
        timed.replies(asked, yes)
    assert now == 26 * 3_600
    assert texts(again(batches, tmp_path).replies(asked, never), asked) == ["to one"]
    assert len(server.batch_door.batches) == 1


def test_a_batch_is_found_among_many(batches: Batches, server: OpenAIServer) -> None:
    """However many were made since, on whatever page it is listed."""
    server.batch_door.page = 2
    made = [batches.provider.submit(b"{}\n", f"mark {number}") for number in range(5)]
    assert [batches.provider.find(f"mark {number}") for number in range(5)] == made
    assert batches.provider.find("mark 5") is None


def test_costs_are_told_before_and_reckoned_after(batches: Batches) -> None:
    """Before at the greatest length of each reply, after as the provider counted: both at half the price."""
    asked = requests("one two three", "four")
    shown: list[Spending] = []
    replies = batches.replies(asked, lambda spending: not shown.append(spending))
    before, after = shown[0], spending_of(replies.values())
    assert before.usage.completion_tokens == 100
    assert before.usd == pytest.approx((before.usage.prompt_tokens + 100) * USD_A_TOKEN / 2)
    assert after.requests == 2
    assert after.usd == pytest.approx((after.usage.prompt_tokens + after.usage.completion_tokens) * USD_A_TOKEN / 2)
    assert (after.usd or 0) < (before.usd or 0)
    assert str(before) == (
        f"2 requests by the batch: {before.usage.prompt_tokens} tokens sent and at most 100 received, "
        f"at most {before.usd:.4f} USD"
    )
    assert "unknown" in str(Spending(1, Usage(), None))


def test_what_is_not_approved_is_not_sent(batches: Batches, server: OpenAIServer) -> None:
    """Nothing is made, and nothing is kept of it."""
    with pytest.raises(NotApprovedError, match="1 requests by the batch"):
        batches.replies(requests("one"), lambda _: False)
    assert not server.batch_door.batches
    assert not batches.kept.batches()


def test_a_refusal_is_told_and_leaves_nothing_under_way(
    batches: Batches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A key that the provider does not know is for the operator to mend; then the same folder goes on."""

    def refused(*_: object) -> str:
        raise ProviderRejectedError("no such key")

    asked = requests("one")
    with monkeypatch.context() as patch:
        patch.setattr(OpenAIBatches, "submit", refused)
        with pytest.raises(ProviderRejectedError):
            batches.replies(asked, yes)
    assert texts(again(batches, tmp_path).replies(asked, yes), asked) == ["to one"]


def test_a_request_is_known_by_all_that_decides_its_reply() -> None:
    """Another model, message, parameter or repeat is another request; the order of parameters is nothing."""
    one = [ChatMessage("user", "one")]
    different = {
        request_of(*how, repeat=repeat).custom_id
        for how in (
            ("a", one, {"x": 1, "y": 2}),
            ("b", one, {"x": 1, "y": 2}),
            ("a", [ChatMessage("system", "one")], {"x": 1, "y": 2}),
            ("a", one, {"x": 2, "y": 2}),
        )
        for repeat in (0, 1)
    }
    assert len(different) == 8
    assert request_of("a", one, {"y": 2, "x": 1}).custom_id in different


def test_a_model_is_measured_by_its_batch(server: OpenAIServer, tmp_path: Path) -> None:
    """The batch's replies are taken; what it lacks is asked for now, with the parameters that the batch had."""
    settings = Settings(data_dir=tmp_path / "scratch", openai_base_url=server.url)
    turned = make_case("turned", question="And then?", turns=(Exchange("What is osmosis?", "Water moves."),))
    cases = [osmosis_case(), turned, make_case("x", question="Why?", plant=(Exchange("a", "b"),))]
    endpoint = open_endpoint("openai:scripted", settings)
    asked = endpoint_requests(endpoint, [(case, 0) for case in cases])
    server.batch_door.scripts = [Ended(failed=frozenset({1}), status_code=400)]
    with open_batches("openai:scripted", settings, tmp_path / "run") as own:
        replies = own.replies(asked, yes)
    system = Collected(endpoint, replies)

    async def both() -> list[str]:
        found = [(await system.answer(case, "open", (), 0)).text for case in cases[:2]]
        await system.aclose()
        return found

    assert asyncio.run(both()) == ["to What is osmosis?", "to What is osmosis?\n\nWater moves.\n\nAnd then?"]
    assert [bool(chat.body.get("stream")) for chat in server.chats] == [False, True]
    by_batch, live = (chat.body for chat in server.chats)
    assert {name: by_batch[name] for name in by_batch.keys() - {"messages"}} == {
        name: live[name] for name in live.keys() - {"messages", "stream", "stream_options"}
    }
    with pytest.raises(ConfigurationError, match="openai:<model>"), open_batches("x:y", settings, tmp_path / "run"):
        raise AssertionError("it was opened")


@pytest.mark.parametrize(
    ("ended", "kind"),
    [
        (ChatReply("cut", finish_reason="length"), ProviderTruncatedReplyError),
        (ChatReply("cut", finish_reason="content_filter"), ProviderFilteredReplyError),
        (ChatReply("<think>Hm.</think>"), ProviderEmptyReplyError),
    ],
)
def test_a_reply_that_is_not_whole_is_an_error(
    server: OpenAIServer, tmp_path: Path, ended: ChatReply, kind: type[ProviderError]
) -> None:
    """As where it is waited for. It was paid for, so it is kept, and not asked for a second time in any way."""
    settings = Settings(data_dir=tmp_path / "scratch", openai_base_url=server.url)
    endpoint = open_endpoint("openai:scripted", settings)
    asked = endpoint_requests(endpoint, [(osmosis_case(), 0)])
    server.chat_scripts = [ended]
    for approve in (yes, never):
        with open_batches("openai:scripted", settings, tmp_path / "run") as own:
            replies = own.replies(asked, approve)
        with pytest.raises(kind):
            asyncio.run(Collected(endpoint, replies).answer(osmosis_case(), "open", (), 0))
    assert len(server.chats) == 1
