"""The scripted server, asked as users of the protocol ask: by the openai package and from a shell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from rag.testing.chat_script import ChatReply, read_script
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PROMPT = (
    "Answer.\n```evidence 1\nEnzymes are proteins. They speed up reactions.\n```\n"
    "<passage n=2>\nDNA is long.\n</passage>"
)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Give a running server."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def client(server: OpenAIServer) -> Iterator[openai.OpenAI]:
    """Give the package's own client of it."""
    with openai.OpenAI(base_url=server.url, api_key="none", max_retries=0) as own:
        yield own


def ask(client: openai.OpenAI, prompt: str = PROMPT, **options: Any) -> Any:
    """Return a completion."""
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}], **options)


def test_evidence_between_fences_is_echoed(client: openai.OpenAI) -> None:
    """Sentence by sentence; so an answer can be had by hand, with no script and no model."""
    reply = ask(client)

    assert reply.choices[0].message.content == "Enzymes are proteins. They speed up reactions. DNA is long."
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.completion_tokens == 10
    assert "no evidence" in ask(client, "Why?").choices[0].message.content


def test_a_stream_says_the_same_in_pieces(client: openai.OpenAI) -> None:
    """With a finish reason and, where it is asked for, usage in an event of its own."""
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}))

    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert texts == [*"Enzymes| are| proteins.| They| speed| up| reactions.| DNA| is| long.".split("|"), None]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens == 10
    assert not any(chunk.usage for chunk in ask(client, stream=True))


def test_replies_come_as_they_are_scripted(client: openai.OpenAI, server: OpenAIServer) -> None:
    """One for each request, as values or as functions of the request; then evidence is echoed again."""
    server.chat_scripts = [ChatReply("One."), lambda asked: ChatReply(asked.prompt.upper())]

    assert [ask(client, "why").choices[0].message.content[:4] for _ in range(3)] == ["One.", "WHY", "The "]
    assert [asked.prompt for asked in server.chats] == ["why"] * 3


@pytest.mark.parametrize("is_stream", [False, True])
def test_json_is_replied_where_it_is_scripted(client: openai.OpenAI, server: OpenAIServer, is_stream: bool) -> None:  # noqa: FBT001 both ways
    """A request for JSON that nobody scripted is refused rather than answered with something that is none."""
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    server.chat_scripts = [ChatReply(value={"answer": [1, "two"]})]
    reply = ask(client, response_format=wanted, stream=is_stream)
    text = (
        "".join(chunk.choices[0].delta.content or "" for chunk in reply)
        if is_stream
        else reply.choices[0].message.content
    )

    assert json.loads(text) == {"answer": [1, "two"]}
    with pytest.raises(openai.BadRequestError, match="scripted"):
        ask(client, response_format=wanted)


@pytest.mark.parametrize("is_stream", [False, True])
def test_tools_are_called(client: openai.OpenAI, server: OpenAIServer, is_stream: bool) -> None:  # noqa: FBT001 both ways
    """With a name and arguments, as the package reads them."""
    server.chat_scripts = [ChatReply(tool_calls=[("look_up", '{"word": "DNA"}')], finish_reason="tool_calls")]
    reply = ask(client, stream=is_stream)
    said = next(iter(reply)).choices[0].delta if is_stream else reply.choices[0].message

    assert said.tool_calls[0].function.name == "look_up"
    assert json.loads(said.tool_calls[0].function.arguments) == {"word": "DNA"}


def test_errors_come_with_status_code_and_headers(client: openai.OpenAI, server: OpenAIServer) -> None:
    """As OpenAI words them."""
    server.chat_scripts = [ChatReply(status=429, message="slow down", code="tpm", headers={"Retry-After": "3"})]

    with pytest.raises(openai.RateLimitError, match="slow down") as caught:
        ask(client)
    assert caught.value.code == "tpm"
    assert caught.value.response.headers["retry-after"] == "3"


def test_one_server_embeds_ranks_and_lists_its_models(client: openai.OpenAI) -> None:
    """At one address, as many servers do."""
    assert [model.id for model in client.models.list()] == ["scripted"]
    assert len(client.embeddings.create(model="hash", input=["DNA"]).data[0].embedding) == 256


def test_a_client_that_leaves_is_recorded(client: openai.OpenAI, server: OpenAIServer) -> None:
    """With how long it stayed; one that stays is not."""
    server.chat_scripts = [ChatReply("Yes."), ChatReply("word " * 1_000, delay_s=0.02)]
    ask(client)
    stream = ask(client, stream=True)
    next(iter(stream))
    stream.close()

    whole, left = server.chats
    assert left.left.wait(1)
    assert left.left_after_s is not None
    assert left.left_after_s < 1
    assert whole.left_after_s is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"text": "Yes."}, "no list of replies"),
        ([7], "a reply is a text, or an object"),
        ([{"text": "Yes."}], "with some of code, delay_s, fault"),
        ([{"fault": "earthquake"}], "a fault is one of stall, cut"),
    ],
)
def test_a_script_that_is_none_says_what_one_is(tmp_path: Path, script: Any, words: str) -> None:
    """Before anything is served."""
    file = tmp_path / "script.json"
    file.write_text(json.dumps(script))

    with pytest.raises(ValueError, match=words):
        read_script(file)


def test_a_shell_can_run_it(tmp_path: Path) -> None:
    """With a script from a file; it says where it serves, and ends when it is told to."""
    file = tmp_path / "script.json"
    file.write_text('["One.", {"pieces": ["Two", "."], "delay_s": 0.01}]')
    command = [sys.executable, "-m", "rag.testing.openai_server", "--port", "0", "--script", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 our own words
        try:
            assert running.stdout
            url = running.stdout.readline().split()[-1]
            with openai.OpenAI(base_url=url, api_key="none") as client:
                assert [ask(client).choices[0].message.content for _ in range(3)][:2] == ["One.", "Two."]
        finally:
            os.kill(running.pid, signal.SIGTERM)
        assert running.wait(5) == 0


def test_help_shows_an_example_that_works(tmp_path: Path) -> None:
    """The script that it prints is one, and the request that it prints is answered."""
    command = [sys.executable, "-m", "rag.testing.openai_server", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 our own words
    file = tmp_path / "script.json"
    script = shown[shown.index('  ["') :]
    file.write_text(script[: script.index("]\n\n") + 1])
    assert len(read_script(file)) == 5

    body = shown[shown.index("-d '") + 4 : shown.rindex("'")]
    with OpenAIServer() as server:
        request = urllib.request.Request(f"{server.url}/chat/completions", body.encode())  # noqa: S310 our own server
        with urllib.request.urlopen(request) as reply:  # noqa: S310 our own server
            text = reply.read().decode()
    assert '"content":"Enzymes"' in text
    assert text.endswith("data: [DONE]\n\n")
