"""Programs that speak OpenAI's protocol, talking to the service: the official clients, LangChain's and ``llm``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI

from rag.testing.chat_script import ChatReply, echo_reply
from rag.testing.openai_server import OpenAIServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "Can RNA act as an enzyme?"
COMPOSED = "Why do cells repair DNA?"
UNKNOWN = "Who keeps the goal of Arsenal?"
PAGE = "/learn/biology/questions/can-rna-act-as-an-enzyme?start="
HERE = Path(__file__).parent


@pytest.fixture
def client(service_url: str) -> Iterator[openai.OpenAI]:
    """Give the official client."""
    with openai.OpenAI(base_url=f"{service_url}/v1", api_key="none", max_retries=0) as own:
        yield own


def asking(question: str = QUESTION) -> Any:
    """Return a conversation of one question."""
    return [{"role": "user", "content": question}]


def test_the_official_client_reads_a_completion(client: openai.OpenAI, service_url: str) -> None:
    """With its sources in the text, the answer beside it, and no token of a model."""
    reply = client.chat.completions.create(model="quicktakes", messages=asking())
    content = reply.choices[0].message.content or ""
    answer = reply.model_extra["quicktakes"]["answer"] if reply.model_extra else {}
    assert "[1]" in content
    assert f"\n\nSources:\n\n- [1] {QUESTION}" in content
    assert f"<{service_url}{PAGE}" in content
    assert (reply.choices[0].finish_reason, reply.object, reply.model) == ("stop", "chat.completion", "quicktakes")
    assert reply.id == f"chatcmpl-{answer['answer_id']}"
    assert reply.usage is not None
    assert reply.usage.total_tokens == 0
    assert (answer["status"], answer["rung"], answer["citations"][0]["n"]) == ("answered", "curated", 1)


def test_a_streamed_completion_has_the_same_text(client: openai.OpenAI) -> None:
    """In many chunks, the last of them with the usage that was asked for."""
    whole = client.chat.completions.create(model="quicktakes", messages=asking(COMPOSED))
    chunks = list(
        client.chat.completions.create(
            model="quicktakes", messages=asking(COMPOSED), stream=True, stream_options={"include_usage": True}
        )
    )
    told = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert len(told) > 4
    assert "".join(told) == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-2:] == [None, "stop"]
    assert chunks[-1].usage is not None
    assert chunks[-1].choices == []


def test_a_thread_goes_on_as_one_that_is_kept_here(client: openai.OpenAI) -> None:
    """A follow-up is read in the light of the texts that come back, and names what it was read as."""
    first = client.chat.completions.create(model="quicktakes", messages=asking("What do ribosomes do?"))
    messages = [*asking("What do ribosomes do?"), first.choices[0].message.to_dict(), *asking("Where are they made?")]
    reply = client.chat.completions.create(model="quicktakes", messages=messages)
    assert (reply.choices[0].message.content or "").startswith("Answered as: Where are ribosomes made?\n\n")


def test_an_abstention_is_a_normal_reply(client: openai.OpenAI) -> None:
    """That says so, and names what is nearest."""
    reply = client.chat.completions.create(model="quicktakes", messages=asking(UNKNOWN))
    content = reply.choices[0].message.content or ""
    assert content.startswith("The corpus does not answer this question.\n\nNearest entries:\n\n- ")
    assert reply.choices[0].finish_reason == "stop"


def test_each_mode_is_a_model(client: openai.OpenAI) -> None:
    """A hint gives no source away; a simpler answer is shorter."""
    names = [model.id for model in client.models.list()]
    texts = {
        name: client.chat.completions.create(model=name, messages=asking()).choices[0].message.content or ""
        for name in names
    }
    assert names == ["quicktakes", "quicktakes-simpler", "quicktakes-hint", "quicktakes-hint-2", "quicktakes-hint-3"]
    assert client.models.retrieve("quicktakes-hint").owned_by == "quicktakes"
    assert len(texts["quicktakes-simpler"]) < len(texts["quicktakes"])
    assert "Sources:" not in texts["quicktakes-hint"]
    assert texts["quicktakes-hint-3"].startswith(texts["quicktakes-hint"])


@pytest.mark.parametrize(
    ("request_", "kind", "param"),
    [
        ({"model": "gpt-5", "messages": asking()}, openai.NotFoundError, "model"),
        ({"model": "quicktakes", "messages": asking(), "n": 2}, openai.BadRequestError, "n"),
        ({"model": "quicktakes", "messages": asking(" ")}, openai.BadRequestError, None),
        ({"model": "quicktakes", "messages": []}, openai.BadRequestError, "messages"),
        ({"model": "quicktakes", "messages": [{"role": "x"}]}, openai.BadRequestError, "messages[0].role"),
        (
            {"model": "quicktakes", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            openai.BadRequestError,
            "messages[0].content[0]",
        ),
    ],
)
def test_errors_are_read_by_the_official_client(
    client: openai.OpenAI, request_: Any, kind: type[openai.APIStatusError], param: str | None
) -> None:
    """As their own kind, with the parameter that is to blame."""
    with pytest.raises(kind) as refused:
        client.chat.completions.create(**request_)
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"
    assert refused.value.code
    assert refused.value.body["message"]  # type: ignore[index]


def test_langchain_streams_and_invokes(service_url: str) -> None:
    """With a system message, which is not obeyed and does no harm."""
    model = ChatOpenAI(
        model="quicktakes", base_url=f"{service_url}/v1", api_key="none", max_retries=0, stream_usage=True
    )
    messages = [SystemMessage("Answer in French."), HumanMessage(COMPOSED)]
    whole = model.invoke(messages)
    chunks = list(model.stream(messages))
    assert "".join(str(chunk.content) for chunk in chunks) == whole.content
    assert "Sources:" in whole.content
    assert whole.response_metadata["finish_reason"] == "stop"
    follow_up = model.invoke([HumanMessage("What do ribosomes do?"), AIMessage("They work."), HumanMessage("Why?")])
    assert follow_up.content


def test_llm_answers_on_the_command_line(service_url: str, tmp_path: Path) -> None:
    """With a model file that names the address; a second question goes on with the thread."""
    (tmp_path / "extra-openai-models.yaml").write_text(
        f"- model_id: takes\n  model_name: quicktakes\n  api_base: {service_url}/v1\n", encoding="utf-8"
    )
    environment = {**os.environ, "LLM_USER_PATH": str(tmp_path), "NO_COLOR": "1"}
    llm = Path(sys.executable).with_name("llm")

    def ask(*arguments: str) -> str:
        return subprocess.run(  # noqa: S603 our own words
            [llm, *arguments], env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    assert f"<{service_url}{PAGE}" in ask("-m", "takes", QUESTION)
    assert "Sources:" in ask("-m", "takes", "--no-stream", "What do ribosomes do?")
    assert ask("-c", "Where are they made?").startswith("Answered as: Where are ribosomes made?")


@pytest.fixture(scope="session")
def node_client(request: pytest.FixtureRequest) -> Path:
    """Return a folder with the official Node client, installed once; skips the test where that cannot be."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed here")
    assert request.config.cache is not None
    folder = request.config.cache.mkdir("openai-for-node")
    for name in ("package.json", "package-lock.json", "ask.mjs"):
        shutil.copy(HERE / "node" / name, folder)
    locked = (folder / "package-lock.json").read_bytes()
    mark = folder / "installed"
    if not mark.is_file() or mark.read_bytes() != locked:
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 our own words
        if installed.returncode:
            pytest.skip(f"npm cannot install the client here: {installed.stderr.strip()[:200]}")
        mark.write_bytes(locked)
    return folder


def test_the_official_node_client_reads_it_too(service_url: str, node_client: Path) -> None:
    """Whole, streamed, refused and listed."""
    command = ["node", "ask.mjs", f"{service_url}/v1", QUESTION]
    ran = subprocess.run(command, cwd=node_client, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 our own words
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["streamed"] == told["whole"]
    assert f"<{service_url}{PAGE}" in told["whole"]
    assert (told["status"], told["finish"], told["usage"]["total_tokens"]) == ("answered", ["stop"], 0)
    assert told["refused"] == {"kind": "NotFoundError", "status": 404, "code": "model_not_found", "param": "model"}
    assert told["models"][0] == "quicktakes"


@pytest.fixture
def writing_client(written_url: str) -> Iterator[openai.OpenAI]:
    """Give the official client of a service whose answers a model writes."""
    with openai.OpenAI(base_url=f"{written_url}/v1", api_key="none", max_retries=0) as own:
        yield own


def test_a_sentence_is_sent_while_the_model_writes_the_next(
    writing_client: openai.OpenAI, model_server: OpenAIServer
) -> None:
    """Once its verdict is known; and when the client leaves, the model's reply is ended at once."""
    model_server.chat_scripts = [_slow]
    stream = writing_client.chat.completions.create(model="quicktakes", messages=asking(COMPOSED), stream=True)
    told = ""
    for chunk in stream:
        told += chunk.choices[0].delta.content or ""
        if told:
            break
    assert told.strip()
    assert not model_server.chats[-1].left.is_set()
    stream.close()
    assert model_server.chats[-1].left.wait(3)


def test_a_client_that_does_not_wait_for_the_whole_ends_it(written_url: str, model_server: OpenAIServer) -> None:
    """Nobody pays for what nobody reads."""
    model_server.chat_scripts = [_slow]
    with (
        openai.OpenAI(base_url=f"{written_url}/v1", api_key="none", max_retries=0, timeout=2) as hasty,
        pytest.raises(openai.APITimeoutError),
    ):
        hasty.chat.completions.create(model="quicktakes", messages=asking(COMPOSED))
    assert model_server.chats[-1].left.wait(3)


def test_what_a_model_wrote_is_counted(writing_client: openai.OpenAI) -> None:
    """As its server reports it."""
    reply = writing_client.chat.completions.create(model="quicktakes", messages=asking(COMPOSED))
    assert reply.usage is not None
    assert reply.usage.prompt_tokens > 100
    assert reply.usage.completion_tokens > 5
    assert reply.model_extra is not None
    assert reply.model_extra["quicktakes"]["answer"]["rung"] == "generated"


def _slow(asked: Any) -> ChatReply:
    """Return a reply whose first sentences come at once, and whose last never ends."""
    pieces = echo_reply(asked).texts
    return ChatReply([*pieces, "  And", *[" so"] * 500], fault="stall", fault_after=len(pieces) + 4)
