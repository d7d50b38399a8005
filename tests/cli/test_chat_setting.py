"""Commands with the chat models that QUICKTAKES_CHAT_MODEL names."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rag.testing.chat_script import ChatReply
from rag.testing.openai_server import OpenAIServer

Run = Callable[..., Any]
Check = Callable[[str, Any], None]

GREEN = "Why do green leaves look green?"
CURATED = "Why do leaves look green?"
HALF_TRUE = "Leaves look green because chlorophyll reflects green light to elephants."
REFLECTS = "Chlorophyll reflects green light, so leaves look green"

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """Give a server with a scripted model, named in the environment."""
    with OpenAIServer() as running:
        monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", "openai:scripted")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


@pytest.fixture
def nowhere() -> Iterator[str]:
    """Give an address that nobody listens at."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}/v1"


def test_a_model_writes_the_answer(run: Run, server: OpenAIServer) -> None:
    """It says so at its head, and cites as every answer does."""
    result = run("ask", GREEN)

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Written from QuickTakes entries\n\nLeaves look green because chlorophyll reflects")
    assert "[1]" in result.out
    assert len(server.chats) == 1


def test_json_names_model_prompt_usage_and_cost(run: Run, server: OpenAIServer, check_schema: Check) -> None:
    """In the form of its schema, with every sentence's verdict."""
    reply = run("ask", GREEN, "--json").lines[0]

    check_schema("ask", reply)
    assert (reply["status"], reply["rung"], reply["notices"]) == ("answered", "generated", [])
    assert reply["provenance"]["model"].startswith("openai:scripted@")
    assert reply["provenance"]["prompt"].startswith("answer:")
    assert reply["usage"]["reported"]
    assert reply["usage"]["completion_tokens"] > 0
    assert reply["cost_usd"] == 0
    assert [(one["support"], one["verbatim"], one["citations"]) for one in reply["sentences"]] == [
        ("supported", False, [1])
    ]
    assert server.chats[0].body["model"] == "scripted"


def test_a_batch_asks_once_a_line(
    run: Run, server: OpenAIServer, batch: Callable[..., str], check_schema: Check
) -> None:
    """But not for a line that an entry answers word for word, nor for one that none does."""
    file = batch(
        {"id": 1, "question": GREEN}, {"id": 2, "question": CURATED}, {"id": 3, "question": "Who won in 1998?"}
    )
    lines = run("ask", "--batch", file).lines

    for line in lines:
        check_schema("ask", line)
    assert [(line["id"], line["status"], line["rung"]) for line in lines] == [
        (1, "answered", "generated"),
        (2, "answered", "curated"),
        (3, "abstained", "generated"),
    ]
    assert len(server.chats) == 1


def test_a_model_that_declines_ends_with_code_3(run: Run, server: OpenAIServer, check_schema: Check) -> None:
    """As any abstention, with the nearest entries."""
    server.chat_default = lambda _: ChatReply("NOT COVERED")
    shown, as_json = run("ask", GREEN), run("ask", GREEN, "--json")

    assert (shown.code, as_json.code) == (3, 3)
    assert shown.out.startswith("Not covered\n")
    check_schema("ask", as_json.lines[0])


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_without_a_server_at_the_address_the_composer_answers(
    run: Run, monkeypatch: pytest.MonkeyPatch, nowhere: str, option: list[str]
) -> None:
    """Exit code 0; standard error says why, once."""
    monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", "openai:scripted")
    monkeypatch.setenv("OPENAI_BASE_URL", nowhere)
    result = run("ask", GREEN, *option)

    assert result.code == 0
    told = "warning: The answer was put together from the entries without the language model: the chat server "
    assert result.err.startswith(told)
    assert result.err.count("cannot be used now") == 1
    assert "composed" in result.out.lower()


def test_a_batch_without_a_server_answers_every_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, nowhere: str, batch: Callable[..., str], check_schema: Check
) -> None:
    """Each line says so in its notices."""
    monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", "openai:scripted")
    monkeypatch.setenv("OPENAI_BASE_URL", nowhere)
    result = run("ask", "--batch", batch({"question": GREEN}, {"question": GREEN}, {"question": GREEN}))

    assert result.code == 0
    for line in result.lines:
        check_schema("ask", line)
        assert (line["rung"], line["usage"], line["provenance"]["model"]) == ("composed", None, None)
        assert len(line["notices"]) == 1


def test_the_same_question_is_paid_for_once(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, check_schema: Check
) -> None:
    """In another process too, and above the day's ceiling; the answer says that it was written before."""
    monkeypatch.setenv("QUICKTAKES_DAILY_TOKENS", "10")
    first, second = (run("ask", GREEN, "--json").lines[0] for _ in range(2))

    check_schema("ask", second)
    assert len(server.chats) == 1
    assert (first["cached"], second["cached"]) == (False, True)
    assert second["text"] == first["text"]
    assert second["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "reported": True}
    assert second["cost_usd"] == 0
    assert "written before for the same question and entries" in run("ask", GREEN).out


def test_nothing_is_kept_where_nothing_is_to_be(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a cache of no answers each is written anew."""
    monkeypatch.setenv("QUICKTAKES_ANSWER_CACHE", "0")
    answers = [run("ask", GREEN, "--json").lines[0] for _ in range(2)]

    assert len(server.chats) == 2
    assert [answer["cached"] for answer in answers] == [False, False]


@pytest.mark.parametrize(
    ("name", "value"), [("SUPPORT", "mark"), ("CHAT_MODEL", "openai:other"), ("CHAT_MODEL", "openai:scripted,openai:b")]
)
def test_another_setting_is_another_answer(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """What one model wrote under one policy is not given for another."""
    run("ask", GREEN)
    monkeypatch.setenv(f"QUICKTAKES_{name}", value)
    assert not run("ask", GREEN, "--json").lines[0]["cached"]
    assert len(server.chats) == 2


def test_above_the_days_ceiling_no_model_is_asked(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer reaches it; the next is composed, in another process too, and says why."""
    monkeypatch.setenv("QUICKTAKES_DAILY_TOKENS", "10")
    monkeypatch.setenv("QUICKTAKES_ANSWER_CACHE", "0")
    first, second = (run("ask", GREEN, "--json") for _ in range(2))

    assert (first.lines[0]["rung"], second.lines[0]["rung"], second.code) == ("generated", "composed", 0)
    assert "today's budget of 10 tokens is spent" in second.err
    assert "raise it, or wait for the next day" in second.lines[0]["notices"][0]
    assert len(server.chats) == 1


def test_a_ceiling_of_nothing_spends_nothing(run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """In dollars as in tokens."""
    monkeypatch.setenv("QUICKTAKES_DAILY_USD", "0")

    assert run("ask", GREEN, "--json").lines[0]["rung"] == "composed"
    assert server.chats == []


def test_where_the_first_model_is_down_the_second_answers(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is the answer's provenance, and nothing needs telling."""
    monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", "openai:large, openai:small")
    server.chat_default = lambda asked: (
        ChatReply(status=401, message="no") if asked.body["model"] == "large" else ChatReply(f"{REFLECTS}.")
    )
    reply = run("ask", GREEN, "--json").lines[0]

    assert (reply["rung"], reply["notices"]) == ("generated", [])
    assert reply["provenance"]["model"].startswith("openai:small@")
    assert [asked.body["model"] for asked in server.chats] == ["large", "small"]


@pytest.mark.parametrize("policy", ["strict", "mark"])
def test_the_policy_says_what_is_shown(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, check_schema: Check, policy: str
) -> None:
    """Marked sentences carry their verdict in JSON, and cite nothing where nothing speaks of them."""
    monkeypatch.setenv("QUICKTAKES_SUPPORT", policy)
    server.chat_default = lambda _: ChatReply(f"{REFLECTS}. Elephants invented bananas in Africa.")
    reply = run("ask", GREEN, "--json").lines[0]

    check_schema("ask", reply)
    support = {"supported"} if policy == "strict" else {"supported", "unsupported"}
    assert {one["support"] for one in reply["sentences"]} == support
    assert all(bool(one["citations"]) is (one["support"] == "supported") for one in reply["sentences"])


def test_what_no_entry_says_is_marked_for_a_reader(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the sentence, where it is not to be mistaken for a fact."""
    monkeypatch.setenv("QUICKTAKES_SUPPORT", "mark")
    server.chat_default = lambda _: ChatReply(f"{REFLECTS}. {HALF_TRUE} Elephants invented bananas.")
    shown = " ".join(run("ask", GREEN).out.split())

    assert f"{REFLECTS}. [1]" in shown or f"{REFLECTS}. Leaves" in shown
    assert f"{HALF_TRUE} [1] (supported in part)" in shown
    assert "Elephants invented bananas. (no entry says this)" in shown


def test_by_default_there_is_no_model(run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset or empty, nothing is sent anywhere; a search asks none either."""
    assert run("search", GREEN).code == 0
    for setting in ("", " , "):
        monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", setting)
        assert run("ask", GREEN, "--json").lines[0]["rung"] == "composed"
    assert server.chats == []


@pytest.mark.parametrize("name", ["gpt-5-mini", "openai:", ":gpt-5-mini", "openai: ", "openai:one, two"])
def test_a_model_without_a_provider_is_refused(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With the form that there is, before anything is embedded."""
    monkeypatch.setenv("QUICKTAKES_EMBEDDER", "openai:hash")
    monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", name)
    result = run("ask", GREEN)

    assert result.code == 1
    assert "set QUICKTAKES_CHAT_MODEL to provider:model" in result.err
    assert server.asked == []


def test_openai_itself_wants_a_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the setting."""
    monkeypatch.setenv("QUICKTAKES_CHAT_MODEL", "openai:gpt-5-mini")
    result = run("ask", GREEN)

    assert result.code == 1
    assert "set OPENAI_API_KEY" in result.err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SUPPORT", "lenient", "set it to strict or mark"),
        ("SUPPORT", "Strict", "set it to strict or mark"),
        ("ANSWER_CACHE", "many", "from 0 to 1,000,000"),
        ("ANSWER_CACHE", "-1", "from 0 to 1,000,000"),
        ("ANSWER_CACHE", "2000.0", "from 0 to 1,000,000"),
        ("ANSWER_CACHE", "9" * 5_000, "from 0 to 1,000,000"),
        ("DAILY_TOKENS", "many", "set it to a number"),
        ("DAILY_TOKENS", "1.5", "set it to a number"),
        ("DAILY_TOKENS", "-1", "set it to a number"),
        ("DAILY_USD", "5 USD", "set it to a number"),
        ("DAILY_USD", "nan", "set it to a number"),
        ("DAILY_USD", "inf", "set it to a number"),
    ],
)
def test_a_setting_that_cannot_be_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """In one line with its name, its value and what may stand there."""
    monkeypatch.setenv(f"QUICKTAKES_{name}", value)
    result = run("ask", GREEN)

    assert result.code == 1
    assert result.err.startswith(f"error: QUICKTAKES_{name} is '{value}'; ")
    assert told in result.err


def test_a_judge_may_reject_what_the_model_wrote(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry's own sentence stands in its place, and the judge's tokens are counted too."""
    server.chat_default = lambda asked: ChatReply("NO" if asked.body["model"] == "judge" else f"{REFLECTS}.")
    without = run("ask", GREEN, "--json").lines[0]
    monkeypatch.setenv("QUICKTAKES_JUDGE_MODEL", "openai:judge")
    reply = run("ask", GREEN, "--json").lines[0]

    assert [one["verbatim"] for one in without["sentences"]] == [False]
    assert reply["rung"] == "generated"
    assert {one["verbatim"] for one in reply["sentences"]} == {True}
    assert [asked.body["model"] for asked in server.chats] == ["scripted", "scripted", "judge"]
    assert reply["usage"]["prompt_tokens"] > without["usage"]["prompt_tokens"]


def test_a_judge_that_cannot_be_is_told_at_once(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable to set."""
    monkeypatch.setenv("QUICKTAKES_JUDGE_MODEL", "gpt")
    result = run("ask", GREEN)

    assert result.code == 1
    assert "set QUICKTAKES_JUDGE_MODEL to provider:model" in result.err
    assert server.chats == []
