"""What a token of a streamed reply costs on its way to the reader: `make bench-chat`.

CPU time of this process over replies of 2,000 tokens, each sent by itself from a scripted server in another process: a
bare socket, which only wakes up for each, is the least that can be had, and httpx2 alone what the openai package stands
on. Rounds are interleaved, and medians compared. LangChain's client is measured where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from rich.console import Console
from rich.table import Table

from rag.adapters.openai_chat import OpenAIChatModel
from rag.chat_models import Candidate, CircuitBreaker, DailyBudget, ResilientChatModel
from rag.models import ChatMessage
from rag.ports import ChatModel

_TOKENS = 2_000
_ROUNDS = 3
_DELAY_S = 0.001
"""Between tokens, so that each comes in a packet of its own, as from a model."""

_BODY = json.dumps({"messages": [{"role": "user", "content": "Why?"}], "stream": True}).encode()

Run = Callable[[], Awaitable[int]]


def main() -> None:
    """Run the measurement and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, _server(Path(scratch)) as url:
        costs = asyncio.run(_measure(url, Path(scratch)))
    table = Table("client", "CPU, ms a token", "of the adapter's")
    for name, cost in costs.items():
        table.add_row(name, f"{cost:.3f}", f"{cost / costs['the adapter']:.1f}")
    Console().print(table)


@contextmanager
def _server(scratch: Path) -> Generator[str]:
    script = scratch / "script.json"
    script.write_text(json.dumps([{"pieces": ["word "] * _TOKENS, "delay_s": _DELAY_S}] * 99), encoding="utf-8")
    command = [sys.executable, "-m", "rag.testing.openai_server", "--port", "0", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 our own command
        try:
            yield (running.stdout.readline() if running.stdout else "").split()[-1]
        finally:
            os.kill(running.pid, signal.SIGTERM)


async def _measure(url: str, scratch: Path) -> dict[str, float]:
    model = OpenAIChatModel("m", url)
    candidate = Candidate(model, CircuitBreaker(model.name), model.cost_usd)
    resilient = ResilientChatModel([candidate], budget=DailyBudget(scratch / "spending.sqlite3"))
    client = openai.AsyncOpenAI(base_url=url, api_key="none")
    http = httpx2.AsyncClient(timeout=None)
    runs: dict[str, Run] = {
        "a bare socket": lambda: _read_socket(url),
        "httpx2 alone": lambda: _read_httpx(http, url),
        "the adapter": lambda: _read(model),
        "the adapter, with retries, breaker, slots and budget": lambda: _read(resilient),
        "the openai package's stream": lambda: _read_openai(client),
        **_langchain(url),
    }
    costs: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range(_ROUNDS + 1):
        for name, run in runs.items():
            started = time.process_time()
            count = await run()
            if count < _TOKENS:
                raise SystemExit(f"{name} gave {count} of {_TOKENS} tokens")
            if round_number:  # the first one warms up
                costs[name].append((time.process_time() - started) * 1_000 / _TOKENS)
    await model.aclose()
    await client.close()
    await http.aclose()
    return {name: statistics.median(own) for name, own in costs.items()}


async def _read(model: ChatModel) -> int:
    async with aclosing(model.stream([ChatMessage("user", "Why?")], lambda: False)) as parts:
        return sum([isinstance(part, str) async for part in parts])


async def _read_socket(url: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(_BODY)}\r\n\r\n"
    writer.write(head.encode() + _BODY)
    count = 0
    while not (chunk := await reader.read(65_536)).endswith(b"0\r\n\r\n"):
        count += chunk.count(b"word")
    writer.close()
    return count


async def _read_httpx(client: httpx2.AsyncClient, url: str) -> int:
    async with client.stream("POST", f"{url}/chat/completions", content=_BODY) as reply:
        return sum([chunk.count(b"word") async for chunk in reply.aiter_bytes()])


async def _read_openai(client: openai.AsyncOpenAI) -> int:
    stream = await client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "Why?"}], stream=True
    )
    return sum([bool(chunk.choices and chunk.choices[0].delta.content) async for chunk in stream])


def _langchain(url: str) -> dict[str, Run]:
    """Return LangChain's client to be measured; none where it is not installed."""
    try:
        package: Any = importlib.import_module("langchain_openai")
    except ImportError:
        return {}
    model: Any = package.ChatOpenAI(model="m", base_url=url, api_key="none")

    async def read() -> int:
        return sum([bool(chunk.content) async for chunk in model.astream("Why?")])

    return {"langchain-openai's stream": read}


if __name__ == "__main__":
    main()
