"""`quicktakes serve` as a process: told to stop, stopped by a reader, and with several workers."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from made_service import Event, read_events
from prometheus_client.parser import text_string_to_metric_families
from served_process import ServedProcess, served

from rag.settings import Settings
from rag.testing.chat_script import ChatAsked, ChatReply, echo_reply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ASKED = "Is it true that leaves look green, and why is the light that is reflected green?"
STREAM = {"Accept": "text/event-stream"}


def _slowly(asked: ChatAsked) -> ChatReply:
    return replace(echo_reply(asked), delay_s=1.0)


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    """Give a model server that echoes evidence, a word a second."""
    with OpenAIServer() as server:
        server.chat_default = _slowly
        yield server


def _asking(model: OpenAIServer) -> dict[str, str]:
    return {"QUICKTAKES_CHAT_MODEL": "openai:scripted", "OPENAI_BASE_URL": model.url}


@contextmanager
def _streaming(process: ServedProcess, model: OpenAIServer) -> Iterator[tuple[str, Iterator[str]]]:
    """Give the name of an answer that a model is writing, and the rest of its stream."""
    asked = len(model.chats)
    with httpx.Client(timeout=30) as client:
        body = {"question": ASKED}
        with client.stream("POST", f"{process.url}/api/ask", json=body, headers=STREAM) as reply:
            lines = reply.iter_lines()
            seen: list[str] = []
            while not any('"stage":"writing"' in line for line in seen):
                seen.append(next(lines))
            end = time.monotonic() + 30
            while len(model.chats) == asked:
                assert time.monotonic() < end
                time.sleep(0.01)
            name = next(line for line in seen if line.startswith("id: ")).removeprefix("id: ").split(":")[0]
            yield name, lines


def _last(lines: Iterator[str]) -> Event:
    blocks = "\n".join(lines).strip().split("\n\n")
    return read_events(blocks[-1] + "\n\n")[-1]


def test_a_reader_stops_an_answer_and_an_operator_the_service(settings: Settings, model: OpenAIServer) -> None:
    """A stopped answer lets go of its model within half a second; told to end, the service tells its readers first.

    It ends with success within ten seconds, every line of its log is JSON, and none holds what was asked.
    """
    with served(settings, _asking(model), "--log-format", "json") as process:
        with _streaming(process, model) as (name, lines):
            assert httpx.delete(f"{process.url}/api/ask/{name}").status_code == 204
            assert model.chats[0].left.wait(0.5)
            assert _last(lines).content["problem"]["type"] == "urn:quicktakes:stopped"
        with _streaming(process, model) as (_, lines):
            process.child.send_signal(signal.SIGTERM)
            last = _last(lines)
            assert (last.name, last.content["problem"]["type"]) == ("error", "urn:quicktakes:closing")
        code, seconds = process.stop()
    assert (code, seconds < 10) == (0, True)
    assert model.chats[1].left.wait(1)
    logged = [json.loads(line) for line in process.log if line.startswith("{")]
    answers = [line for line in logged if line["logger"] == "api.answers"]
    assert [line["problem"] for line in answers] == ["stopped", "closing"]
    assert "Traceback" not in "".join(process.log)
    assert "reflected" not in "".join(process.log)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_several_workers_serve_one_index_and_end_together(
    settings: Settings, model: OpenAIServer, number: signal.Signals
) -> None:
    """Whichever worker is asked, it answers, and counts what all of them did; told to end, each tells its readers."""
    with served(settings, _asking(model), "--workers", "2", "--quiet") as process:
        for _ in range(8):
            reply = httpx.post(f"{process.url}/api/ask", json={"question": "Why do leaves look green?"}, timeout=30)
            assert reply.json()["status"] == "answered"
        counted = {_answers(httpx.get(f"{process.url}/metrics").text) for _ in range(8)}
        assert counted == {8}
        with _streaming(process, model) as (_, one), _streaming(process, model) as (_, other):
            process.child.send_signal(number)
            assert {_last(lines).name for lines in (one, other)} == {"error"}
        code, seconds = process.stop(number)
    assert (code, seconds < 10) == (0, True)
    assert "Traceback" not in "".join(process.log)


def _answers(text: str) -> float:
    families = text_string_to_metric_families(text)
    return sum(one.value for family in families for one in family.samples if one.name == "quicktakes_answers_total")
