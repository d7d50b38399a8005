"""Commands with the reranker that QUICKTAKES_RERANKER names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rag.testing import EmbeddingsServer
from rag.testing.embeddings_server import error_reply, scores_reply

Run = Callable[..., Any]
Check = Callable[[str, Any], None]

GREEN = "Why do leaves look green?"

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingsServer]:
    """Give a server with a reranker, named in the environment; texts are embedded here."""
    with EmbeddingsServer() as running:
        monkeypatch.setenv("QUICKTAKES_RERANKER", "openai:hash")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


def test_the_server_orders_the_results(run: Run, server: EmbeddingsServer, check_schema: Check) -> None:
    """Each question is one request; explained, each result has its score."""
    server.scripts = [lambda _: scores_reply([-2, 3.25, 0])]

    reply = run("search", GREEN, "--explain", "--json").lines[0]

    check_schema("search", reply)
    assert [result["why"]["relevance"] for result in reply["results"]] == [3.25, 0, -2]
    assert reply["results"][2]["title"] == GREEN
    assert reply["notices"] == []
    assert len(server.asked) == 1
    assert server.asked[0].question == GREEN
    assert server.texts[0].startswith(f"{GREEN}\nLeaves look green because")


def test_the_score_is_shown_only_where_it_is_explained(run: Run, server: EmbeddingsServer) -> None:
    """As text: one line a result; without --explain none."""
    server.scripts = [lambda _: scores_reply([-2, 3.25, 0])] * 2

    assert [line.split()[1] for line in run("search", GREEN, "--explain").out.splitlines() if "reranker" in line] == [
        "3.25",
        "0",
        "-2",
    ]
    assert "reranker" not in run("search", GREEN).out


def test_a_search_outlives_its_reranker(run: Run, server: EmbeddingsServer, check_schema: Check) -> None:
    """The former order is served, exit code 0; a warning says why, in JSON a notice."""
    server.scripts = [lambda _: error_reply(401, "bad key")] * 2

    shown, reply = run("search", GREEN, "--explain"), run("search", GREEN, "--json", "--explain").lines[0]
    check_schema("search", reply)

    assert shown.code == 0
    assert shown.err.startswith("warning: the results were not reranked: the rerank server http://127.0.0.1:")
    assert shown.err.count("bad key") == 1
    assert f"  1  {reply['results'][0]['score']:.2f}  {GREEN}" in shown.out
    assert "reranker" not in shown.out
    assert len(reply["notices"]) == 1
    assert "bad key" in reply["notices"][0]
    assert "relevance" not in reply["results"][0]["why"]


@pytest.mark.parametrize(
    ("question", "searches"), [(GREEN, 1), ("What do ribosomes build and what do leaves reflect?", 3)]
)
def test_an_answer_outlives_its_reranker(
    run: Run, server: EmbeddingsServer, check_schema: Check, question: str, searches: int
) -> None:
    """Whether it is one search or one for each part of the question, the answer tells it once."""
    server.scripts = [lambda _: error_reply(401, "bad key")] * (2 * searches)

    shown, reply = run("ask", question), run("ask", question, "--json").lines[0]
    check_schema("ask", reply)

    assert shown.err.count("warning: the results were not reranked") == 1
    assert len(reply["notices"]) == 1
    assert "bad key" in reply["notices"][0]
    assert len(server.asked) == 2 * searches


@pytest.mark.parametrize("setting", [None, ""])
def test_by_default_there_is_no_reranker(
    run: Run, server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch, setting: str | None
) -> None:
    """Unset or empty, nothing is sent anywhere."""
    monkeypatch.delenv("QUICKTAKES_RERANKER")
    if setting is not None:
        monkeypatch.setenv("QUICKTAKES_RERANKER", setting)

    reply = run("search", GREEN, "--json").lines[0]

    assert reply["results"][0]["title"] == GREEN
    assert server.asked == []


@pytest.mark.parametrize("name", ["nonsense", "openai", "openai:", "openai: ", "minilm", "OpenAI:m", "cohere:rerank"])
def test_an_unknown_reranker_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With the form that there is."""
    monkeypatch.setenv("QUICKTAKES_RERANKER", name)

    result = run("search", GREEN)

    assert result.code == 1
    assert "set QUICKTAKES_RERANKER to openai:<model>" in result.err


def test_a_wrong_setting_is_told_before_anything_is_embedded(
    run: Run, server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is bought for a search that cannot be made."""
    monkeypatch.setenv("QUICKTAKES_EMBEDDER", "openai:hash")
    monkeypatch.setenv("QUICKTAKES_RERANKER", "nonsense")

    assert run("search", GREEN).code == 1
    assert server.asked == []


def test_openai_itself_has_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key alone is not enough: the error says which address to set."""
    monkeypatch.setenv("QUICKTAKES_RERANKER", "openai:bge-reranker-v2-m3")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")

    result = run("search", GREEN)

    assert result.code == 1
    assert "set OPENAI_BASE_URL" in result.err


def test_one_server_may_embed_and_rerank(run: Run, server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both settings share address and key."""
    monkeypatch.setenv("QUICKTAKES_EMBEDDER", "openai:hash")

    reply = run("search", GREEN, "--json", "--explain").lines[0]

    assert reply["results"][0]["title"] == GREEN
    assert reply["results"][0]["why"]["relevance"] > 0
    assert [asked.question for asked in server.asked if asked.question] == [GREEN]
