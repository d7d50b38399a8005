"""Models of other programs search the corpus, ask it and read its entries, over the protocol's own client."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from rag.mcp import McpServer
from rag.settings import Settings
from rag.testing import HangingChatModel, HashEmbedder, ScriptedChatModel, entry_text
from rag.wiring import QuickTakes, open_synced, with_chat_model

LEAVES = "Why do leaves look green?"
ANSWER = "Leaves look green because chlorophyll reflects green light."


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for a corpus of two entries."""
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "corpus").mkdir()
    for name, question, answer in (
        ("leaves", LEAVES, ANSWER),
        ("ribosomes", "What do ribosomes build?", "Ribosomes join amino acids into long chains."),
    ):
        (folder / "corpus" / f"{name}.md").write_text(entry_text(question, answer), encoding="utf-8")
    return Settings(folder / "corpus", folder / "data")


@pytest.fixture(scope="module")
def quicktakes(corpus: Settings) -> Iterator[QuickTakes]:
    """Give it open, with the double for an embedder."""
    with open_synced(corpus, HashEmbedder()) as (opened, _):
        yield opened


def call(server: Any, act: Callable[[Client], Awaitable[Any]]) -> Any:
    """Return what a client of a server does."""

    async def run() -> Any:
        async with Client(server, read_timeout_seconds=30) as client:
            return await act(client)

    return asyncio.run(run())


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, for some seconds at most."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 a double counts, and tells nobody
            await asyncio.sleep(0.01)


def calling(tool: str, **arguments: Any) -> Callable[[Client], Awaitable[Any]]:
    """Return what calls a tool."""
    return lambda client: client.call_tool(tool, arguments)


def test_tools_tell_what_they_take_and_give(quicktakes: QuickTakes) -> None:
    """Each has a description, arguments that are described, and a schema of its result; none changes anything."""
    tools = call(McpServer(lambda: quicktakes).sdk, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["search", "ask", "read_entry"]
    for tool in tools:
        assert tool.description
        assert all("description" in one for one in tool.input_schema["properties"].values())
        assert tool.output_schema["properties"]
        assert tool.annotations.read_only_hint


def test_ask_gives_an_answer_with_its_citations(quicktakes: QuickTakes) -> None:
    """Numbers in the text, quotes that are verbatim."""
    result = call(McpServer(lambda: quicktakes).sdk, calling("ask", question=LEAVES))
    told = result.structured_content
    assert not result.is_error
    assert (told["status"], told["rung"], told["text"]) == ("answered", "curated", f"{ANSWER} [1]")
    citation = told["citations"][0]
    assert (citation["n"], citation["quote"]) == (1, ANSWER)
    quoted = call(
        McpServer(lambda: quicktakes).sdk,
        calling("read_entry", url=citation["url"], start=citation["start"], end=citation["end"]),
    )
    assert quoted.structured_content == {
        "url": citation["url"],
        "question": LEAVES,
        "answer": ANSWER,
        "quote": ANSWER,
    }


def test_an_abstention_is_a_result(quicktakes: QuickTakes) -> None:
    """No error: the status says it."""
    result = call(McpServer(lambda: quicktakes).sdk, calling("ask", question="Who won the election in 1998?"))
    assert not result.is_error
    assert (result.structured_content["status"], result.structured_content["citations"]) == ("abstained", [])


def test_a_hint_gives_no_source_away(quicktakes: QuickTakes) -> None:
    """As asked for, at its level."""
    result = call(McpServer(lambda: quicktakes).sdk, calling("ask", question=LEAVES, mode="hint", level=2))
    assert result.structured_content["citations"] == []
    assert "chlorophyll" not in result.structured_content["text"].lower()


def test_search_gives_the_best_first(quicktakes: QuickTakes) -> None:
    """As many as were asked for."""
    result = call(McpServer(lambda: quicktakes).sdk, calling("search", question="chlorophyll in leaves", limit=1))
    (entry,) = result.structured_content["entries"]
    assert (entry["question"], entry["text"]) == (LEAVES, ANSWER)
    assert 0 <= entry["score"] <= 1


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("ask", {"question": " "}, "the question is empty"),
        ("ask", {"question": LEAVES, "mode": "explain", "level": 2}, "for a hint only"),
        ("ask", {"question": LEAVES, "mode": "rude"}, "'explain', 'simpler' or 'hint'"),
        ("ask", {}, "Field required"),
        ("search", {"question": LEAVES, "limit": 0}, "greater than or equal to 1"),
        ("read_entry", {"url": "/learn/none"}, "there is no entry '/learn/none'"),
        ("read_entry", {"url": "/learn/none", "start": -1}, "greater than or equal to 0"),
        ("no_such_tool", {}, "no_such_tool"),
    ],
)
def test_what_cannot_be_used_is_told(quicktakes: QuickTakes, tool: str, arguments: dict[str, Any], told: str) -> None:
    """As a result that is an error, in words that say what to do."""
    result = call(McpServer(lambda: quicktakes).sdk, calling(tool, **arguments))
    assert result.is_error
    assert told in result.content[0].text


def test_a_span_that_is_not_there_is_told(quicktakes: QuickTakes) -> None:
    """With how long the answer is."""
    url = quicktakes.search(LEAVES).evidence[0].url
    result = call(McpServer(lambda: quicktakes).sdk, calling("read_entry", url=url, start=5, end=10_000))
    assert result.is_error
    assert f"has {len(ANSWER)}" in result.content[0].text


def test_what_a_caller_is_told_of_an_error_can_be_chosen(quicktakes: QuickTakes) -> None:
    """A server that many use tells no paths."""
    server = McpServer(lambda: quicktakes, lambda error: f"a {type(error).__name__}")
    assert "a QuestionError" in call(server.sdk, calling("ask", question=" ")).content[0].text


def test_the_corpus_is_taken_anew_for_each_call(quicktakes: QuickTakes) -> None:
    """A new index answers the next question."""
    told = "Leaves look green because chlorophyll reflects green light."
    opened = [quicktakes, with_chat_model(quicktakes, ScriptedChatModel([[told]]))]
    server = McpServer(lambda: opened[0])
    first = call(server.sdk, calling("ask", question="What makes leaves green?"))
    opened.pop(0)
    second = call(server.sdk, calling("ask", question="What makes leaves green?"))
    assert [one.structured_content["rung"] for one in (first, second)] == ["composed", "generated"]


def test_a_call_that_is_cancelled_ends_the_model_too(quicktakes: QuickTakes) -> None:
    """Nobody waits for it any more."""
    model = HangingChatModel()
    server = McpServer(lambda: with_chat_model(quicktakes, model))

    async def leave(client: Client) -> None:
        asking = asyncio.create_task(client.call_tool("ask", {"question": "What makes leaves green?"}))
        await until(lambda: model.open == 1)
        asking.cancel()
        await until(lambda: model.open == 0)

    call(server.sdk, leave)


def test_a_server_leaves_logging_as_it_is(quicktakes: QuickTakes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process logs, and where, is for the process to say."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    level = root.level
    McpServer(lambda: quicktakes)
    assert (root.handlers, root.level) == ([], level)


def test_the_command_serves_on_standard_input_and_output(corpus: Settings) -> None:
    """To a client that starts it, which reads nothing but the protocol from it."""
    script = Path(sys.executable).with_name("quicktakes")
    arguments = ["mcp", "--corpus-dir", str(corpus.corpus_dir), "--data-dir", str(corpus.data_dir / "stdio")]
    command = StdioServerParameters(command=str(script), args=arguments)
    result = call(stdio_client(command), calling("ask", question=LEAVES))
    assert result.structured_content["text"] == f"{ANSWER} [1]"


def test_nothing_but_the_protocol_is_written(corpus: Settings) -> None:
    """A command whose client leaves at once ends at once, with nothing on standard output."""
    script = Path(sys.executable).with_name("quicktakes")
    command = [script, "mcp", "--corpus-dir", corpus.corpus_dir, "--data-dir", corpus.data_dir / "stdio"]
    ran = subprocess.run(command, input="", capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 our own words
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
