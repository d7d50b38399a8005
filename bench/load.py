"""Clients of the service, in a process of their own: ``python -m bench.load`` takes JSON, and prints JSON."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
import uvloop

_TIMEOUT = aiohttp.ClientTimeout(total=180)
_STREAM = {"Accept": "text/event-stream"}
_MOST_S = 1_800
"""Twenty restarts of a service that starts in 10 s take a quarter of an hour."""

_AGAIN_S = 0.25
"""Before a client asks again that was turned away."""


@dataclass(slots=True)
class Told:
    """What became of a stream.

    Attributes:
        ended: name of its last event.
        text: of the answer that it ended with; `notices`: what that says of how it was made.
    """

    ended: str
    text: str = ""
    sentences: list[str] = field(default_factory=list[str])
    problem: str = ""
    notices: str = ""


def main() -> None:
    """Do what standard input says, and print what came of it."""
    asked = json.loads(sys.stdin.readline())
    work: Callable[..., Awaitable[dict[str, Any]]] = {"rate": rate, "streams": streams, "restarts": restarts}[
        asked.pop("work")
    ]
    print(json.dumps(uvloop.run(_timed(work, asked))), flush=True)


async def _timed(work: Callable[..., Awaitable[dict[str, Any]]], asked: dict[str, Any]) -> dict[str, Any]:
    clients = asked["clients"]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients), timeout=_TIMEOUT) as session:
        return await work(session, **asked)


async def rate(
    session: aiohttp.ClientSession, clients: int, seconds: float, requests: list[dict[str, Any]]
) -> dict[str, Any]:
    """Send requests round and round for a time; return how many were answered in a second, and how fast."""
    numbers = count()
    took: list[float] = []
    statuses: Counter[int] = Counter()
    started = time.monotonic()

    async def client() -> None:
        while time.monotonic() < started + seconds:
            began = time.monotonic()
            async with session.request(**requests[next(numbers) % len(requests)]) as reply:
                await reply.read()
            took.append(time.monotonic() - began)
            statuses[reply.status] += 1

    await asyncio.gather(*(client() for _ in range(clients)))
    return {
        "per_s": len(took) / (time.monotonic() - started),
        "median_ms": statistics.median(took) * 1000,
        "p99_ms": statistics.quantiles(took, n=100)[98] * 1000,
        "statuses": statuses,
    }


async def streams(
    session: aiohttp.ClientSession, clients: int, seconds: float, url: str, expected: dict[str, str]
) -> dict[str, Any]:
    """Keep streams open for a time; each must end with the text that its question has when nothing else is asked."""
    questions = list(expected)
    numbers = count()
    ended: Counter[str] = Counter()
    firsts: list[float] = []
    started = time.monotonic()

    async def client() -> None:
        while time.monotonic() < started + seconds:
            question = questions[next(numbers) % len(questions)]
            told = await _stream(session, url, question, firsts)
            same = told.text == expected[question] and all(sentence in told.text for sentence in told.sentences)
            otherwise = f"other words, {told.notices or 'and no notice'}"
            ended[told.ended if told.ended != "done" else "whole" if same else otherwise] += 1
            if told.ended == "refused":
                await asyncio.sleep(_AGAIN_S)

    await asyncio.gather(*(client() for _ in range(clients)))
    return {
        "ended": ended,
        "first_event_ms": statistics.median(firsts) * 1000,
        "first_event_p99_ms": statistics.quantiles(firsts, n=100)[98] * 1000,
        "seconds": time.monotonic() - started,
    }


async def restarts(session: aiohttp.ClientSession, clients: int, url: str, questions: list[str]) -> dict[str, Any]:
    """Ask until standard input ends, and then until every question was answered."""
    ended: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    is_over = asyncio.Event()
    numbers = count()
    asyncio.get_running_loop().run_in_executor(None, sys.stdin.read).add_done_callback(lambda _: is_over.set())

    async def client() -> None:
        while not is_over.is_set():
            question = questions[next(numbers) % len(questions)]
            while (told := await _stream(session, url, question, [])).ended != "done":
                ended[told.ended] += 1
                problems[told.problem] += 1
                await asyncio.sleep(_AGAIN_S)
            ended["done"] += 1

    async with asyncio.timeout(_MOST_S):
        await asyncio.gather(*(client() for _ in range(clients)))
    return {"ended": ended, "problems": problems}


async def _stream(session: aiohttp.ClientSession, url: str, question: str, firsts: list[float]) -> Told:
    """Ask once; ``cut`` is a stream that began and ended without its last event, ``refused`` one that did not begin."""
    began = time.monotonic()
    told = Told("refused")
    try:
        async with session.post(url, json={"question": question}, headers=_STREAM) as reply:
            if reply.status != 200:
                told.problem = json.loads(await reply.read())["type"]
                return told
            told.ended = "cut"
            name = ""
            async for line in reply.content:
                if not told.sentences and name == "":
                    firsts.append(time.monotonic() - began)
                if line.startswith(b"event: "):
                    name = line[7:].strip().decode()
                elif line.startswith(b"data: ") and name in {"sentence", "done", "error"}:
                    _note(told, name, json.loads(line[6:]))
    except aiohttp.ClientError as error:
        told.problem = told.problem or type(error).__name__
    return told


def _note(told: Told, name: str, content: dict[str, Any]) -> None:
    if name == "sentence":
        told.sentences.append(content["sentence"]["text"])
        return
    told.ended = name
    if name == "done":
        told.text = content["answer"]["text"]
        told.notices = " ".join(content["answer"]["notices"])
    else:
        told.problem = content["problem"]["type"]


if __name__ == "__main__":
    main()
