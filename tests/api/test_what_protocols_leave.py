"""Questions that come through other programs are kept for an editor like any others."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import openai
import pytest
from mcp import Client

from rag.records import open_records
from rag.settings import Settings

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

EVER = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("streams", [True, False])
def test_what_is_not_answered_is_kept(service_url: str, starter: Settings, *, streams: bool) -> None:
    """Whichever protocol asked."""
    question = f"Who keeps the goal of Arsenal, {'streamed' if streams else 'whole'}?"

    async def ask() -> None:
        async with Client(f"{service_url}/mcp") as client:
            await client.call_tool("ask", {"question": f"{question} Over MCP"})

    asyncio.run(ask())
    with openai.OpenAI(base_url=f"{service_url}/v1", api_key="none", max_retries=0) as client:
        messages: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": question}]
        if streams:
            list(client.chat.completions.create(model="quicktakes", messages=messages, stream=True))
        else:
            client.chat.completions.create(model="quicktakes", messages=messages)
    with open_records(starter.database_url) as records:
        kept = [one.question for one in records.questions.since(EVER, limit=2)]
    assert kept == [question, f"{question} Over MCP"]
