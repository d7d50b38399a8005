"""The tools of the Model Context Protocol, called over HTTP by the protocol's own client."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Literal

import httpx2
import pytest
from mcp import Client
from running import run_service

from rag.settings import Settings
from rag.testing import HashEmbedder
from rag.testing.chat_script import ChatReply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "Can RNA act as an enzyme?"


def call(service: str, tool: str, arguments: dict[str, Any], mode: Literal["auto", "legacy"] = "auto") -> Any:
    """Return what a client's call of a tool gives."""

    async def run() -> Any:
        async with Client(f"{service}/mcp", mode=mode, read_timeout_seconds=30) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(run())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_answers_entries_and_findings_come_over_http(service_url: str, mode: Literal["auto", "legacy"]) -> None:
    """By the protocol as it is now, and as it was before."""
    answer = call(service_url, "ask", {"question": QUESTION}, mode).structured_content
    found = call(service_url, "search", {"question": QUESTION, "limit": 3}, mode).structured_content
    entry = call(service_url, "read_entry", {"url": answer["citations"][0]["url"]}, mode).structured_content
    assert (answer["status"], answer["rung"]) == ("answered", "curated")
    assert (len(found["entries"]), found["entries"][0]["question"]) == (3, QUESTION)
    assert answer["citations"][0]["quote"] in entry["answer"]


def test_errors_that_the_caller_can_mend_are_told(service_url: str) -> None:
    """As results."""
    result = call(service_url, "read_entry", {"url": "/learn/none"})
    assert result.is_error
    assert "there is no entry '/learn/none'" in result.content[0].text


def test_questions_of_tools_are_counted_as_all_others(starter: Settings) -> None:
    """A student who has asked all that he may ask in a day is told so by the tool, whatever he may still read."""
    with run_service(replace(starter, daily_questions=1), HashEmbedder()) as url:
        first, second = (call(url, "ask", {"question": QUESTION}) for _ in range(2))
        assert (first.is_error, second.is_error) == (False, True)
        assert "too many questions today" in second.content[0].text
        assert not call(url, "search", {"question": QUESTION}).is_error


def test_a_client_that_goes_away_ends_the_model(written_url: str, model_server: OpenAIServer) -> None:
    """At once."""
    model_server.chat_scripts = [ChatReply(["An ", "answer"], fault="stall", fault_after=1)]

    async def leave() -> None:
        async with Client(f"{written_url}/mcp") as client:
            asking = asyncio.create_task(client.call_tool("ask", {"question": "Why do cells repair DNA?"}))
            async with asyncio.timeout(20):
                while not model_server.chats:  # noqa: ASYNC110 a double counts, and tells nobody
                    await asyncio.sleep(0.02)
            asking.cancel()

    asyncio.run(leave())
    assert model_server.chats[-1].left.wait(3)


def test_pages_of_other_sites_are_refused(service_url: str) -> None:
    """A browser tells where a request comes from; this one's own page may call."""
    for origin, status in (("http://example.org", 403), ("null", 403), (service_url, 200)):
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        headers = {"Origin": origin, "Accept": "application/json, text/event-stream"}
        assert httpx2.post(f"{service_url}/mcp", json=body, headers=headers).status_code == status


def test_what_is_too_large_or_no_request_is_refused(service_url: str) -> None:
    """Without an error of the service's own."""
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    for content, status in ((b"{" + b" " * 70_000 + b"}", 413), (b"{", 400), (b"[]", 400), (b"\xff", 400)):
        assert httpx2.post(f"{service_url}/mcp", content=content, headers=headers).status_code == status
