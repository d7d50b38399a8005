"""Relevance scores from a server: what it may reply, how it may fail, and what is made of that."""

from __future__ import annotations

import socket

import pytest

from rag.adapters.openai_reranker import OpenAIReranker
from rag.adapters.retrying import RetryPolicy
from rag.errors import (
    ConfigurationError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from rag.testing import EmbeddingsServer
from rag.testing.embeddings_server import Asked, Reply, Script, error_reply, good_reply, json_reply, scores_reply

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "Why do leaves look green?"
TEXTS = ["Kidneys filter blood.", "Chlorophyll makes leaves green.", "DNA"]
KEY = "sk-secret-4711"


def at(url: str | None, calls: int = 2, timeout_s: float = 10.0) -> OpenAIReranker:
    """Return a reranker that waits for nothing between its requests."""
    return OpenAIReranker(
        "hash", url, KEY, RetryPolicy(call_timeout_s=timeout_s, most_calls=calls, sleep=lambda _: None)
    )


def always(reply: Reply) -> Script:
    """Return a script with one reply, whatever is asked."""
    return lambda _: reply


def results(*scores: object, indexes: list[object] | None = None) -> Reply:
    """Return a reply with these scores under these indexes, as they stand."""
    places = indexes or list(range(len(scores)))
    return json_reply(
        {"results": [{"index": i, "relevance_score": score} for i, score in zip(places, scores, strict=True)]}
    )


def test_one_request_holds_all_texts(server: EmbeddingsServer) -> None:
    """Question, texts, model and key are sent once, below the base url."""
    at(server.url).rerank(QUESTION, TEXTS)
    assert server.asked == [Asked(TEXTS, "hash", "", f"Bearer {KEY}", QUESTION)]


def test_a_server_without_a_key_is_asked_without_one(server: EmbeddingsServer) -> None:
    """A server of one's own may know no keys."""
    OpenAIReranker("hash", server.url).rerank(QUESTION, TEXTS)
    assert server.asked[0].authorization == "Bearer none"


def test_nothing_is_asked_about_no_texts(server: EmbeddingsServer) -> None:
    """Servers refuse an empty list."""
    assert list(at(server.url).rerank(QUESTION, [])) == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("reply", "scores"),
    [
        (scores_reply([0.1, 0.9, 0.5]), [0.1, 0.9, 0.5]),
        (results(-11.5, 7.25, 0), [-11.5, 7.25, 0]),
        (results(0.5, 0.9, 0.5, indexes=[2, 1, 0]), [0.5, 0.9, 0.5]),
    ],
    ids=["best first", "logits", "equal"],
)
def test_the_index_decides_which_score_is_whose(server: EmbeddingsServer, reply: Reply, scores: list[float]) -> None:
    """Results come best first, and on whatever scale the model has."""
    server.scripts = [always(reply)]
    assert list(at(server.url).rerank(QUESTION, TEXTS)) == scores


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(results(0.1, 0.2), id="too few"),
        pytest.param(results(0.1, 0.2, 0.3, 0.4), id="too many"),
        pytest.param(results(), id="none"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 1, 1]), id="index twice"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[1, 2, 3]), id="index from one"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 1, -1]), id="index below zero"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 1, "2"]), id="index as text"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 1, None]), id="index null"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 2, True]), id="index true"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 1, 2.0]), id="index as float"),
        pytest.param(results(0.1, 0.2, 0.3, indexes=[0, 1, [2]]), id="index as list"),
        pytest.param(json_reply({"results": [{"relevance_score": 0.1}] * 3}), id="no index"),
        pytest.param(json_reply({"results": [{"index": i, "score": 0.1} for i in range(3)]}), id="no relevance_score"),
        pytest.param(results(0.1, 0.2, float("nan")), id="NaN"),
        pytest.param(results(0.1, 0.2, float("-inf")), id="infinity"),
        pytest.param(results(0.1, 0.2, 10**400), id="greater than a float"),
        pytest.param(results(0.1, 0.2, "0.3"), id="score as text"),
        pytest.param(results(0.1, 0.2, None), id="score null"),
        pytest.param(results(0.1, 0.2, True), id="score true"),
        pytest.param(results(0.1, 0.2, [0.3]), id="score as list"),
        pytest.param(json_reply({"data": [{"index": 0, "embedding": [1.0]}]}), id="embeddings"),
        pytest.param(json_reply({"error": {"message": "model not loaded"}}), id="error with status 200"),
        pytest.param(json_reply([{"index": 0, "score": 0.9}]), id="a list"),
        pytest.param(json_reply({"results": None}), id="results null"),
        pytest.param(json_reply({"results": {"0": 0.5}}), id="results an object"),
        pytest.param(json_reply({"results": ["x", "y", "z"]}), id="results words"),
        pytest.param(Reply([b"<html>Bad gateway</html>"]), id="HTML"),
        pytest.param(Reply([b'{"results": [']), id="cut off JSON"),
        pytest.param(Reply([b"[" * 100_000]), id="deep JSON"),
        pytest.param(Reply([b'{"results": "\xff"}']), id="broken UTF-8"),
        pytest.param(Reply([]), id="nothing"),
    ],
)
def test_a_wrong_reply_is_refused(server: EmbeddingsServer, reply: Reply) -> None:
    """Whatever is not one finite score for each text ends with the server's name, at once."""
    server.scripts = [always(reply)]

    with pytest.raises(ProviderReplyError, match=r"127\.0\.0\.1.* is not 3 relevance scores"):
        at(server.url).rerank(QUESTION, TEXTS)
    assert len(server.asked) == 1


def test_a_failure_that_passes_is_not_seen(server: EmbeddingsServer) -> None:
    """The same request is made once more."""
    server.scripts = [always(error_reply(503, "loading"))]

    assert len(at(server.url).rerank(QUESTION, TEXTS)) == 3
    assert server.asked == [server.asked[0]] * 2


def test_a_failure_that_lasts_is_told_soon(server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who searches is not kept waiting for something that can be done without: it is asked twice."""
    monkeypatch.setattr("rag.adapters.retrying.pause_s", lambda *_: 0.0)
    server.scripts = [always(error_reply(500, "out of memory"))] * 9

    with pytest.raises(ProviderUnavailableError, match="out of memory"):
        OpenAIReranker("hash", server.url, KEY).rerank(QUESTION, TEXTS)
    assert len(server.asked) == 2


def test_a_rate_limit_beyond_patience_is_told_at_once(server: EmbeddingsServer) -> None:
    """A server that asks for a longer wait than a search may take is not waited for."""
    server.scripts = [always(error_reply(429, "slow down", {"Retry-After": "20"}))]

    with pytest.raises(ProviderRateLimitError, match=r"slow down.*try again in 20 s"):
        OpenAIReranker("hash", server.url, KEY).rerank(QUESTION, TEXTS)
    assert len(server.asked) == 1


@pytest.mark.parametrize(("status", "hint"), [(400, "model's name"), (401, "OPENAI_API_KEY"), (404, "OPENAI_BASE_URL")])
def test_a_refusal_is_final(server: EmbeddingsServer, status: int, hint: str) -> None:
    """It is told at once, with the server's reason and what to check, and never with the key."""
    server.scripts = [always(error_reply(status, f"not with {KEY}"))]

    with pytest.raises(ProviderRejectedError, match=hint) as caught:
        at(server.url).rerank(QUESTION, TEXTS)
    assert KEY not in str(caught.value)
    assert len(server.asked) == 1


def test_a_server_that_hangs_is_left(server: EmbeddingsServer) -> None:
    """A request without a reply ends, is made again, and then told."""

    def hang(asked: Asked) -> Reply:
        server.closing.wait(5)
        return good_reply(asked)

    server.scripts = [hang, hang]

    with pytest.raises(ProviderUnavailableError, match=r"(?i)timed out"):
        at(server.url, timeout_s=0.2).rerank(QUESTION, TEXTS)
    assert len(server.asked) == 2


def test_a_server_that_is_not_there_is_named() -> None:
    """A refused connection is told with its address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"

    with pytest.raises(ProviderUnavailableError, match=r"rerank server http://127\.0\.0\.1.*refused"):
        at(url).rerank(QUESTION, TEXTS)


def test_openai_has_no_reranker() -> None:
    """Without an address there is nobody to ask, whatever the key."""
    with pytest.raises(ConfigurationError, match=r"set OPENAI_BASE_URL .* or unset QUICKTAKES_RERANKER"):
        OpenAIReranker("m", None, KEY)


@pytest.mark.parametrize(
    ("url", "key", "variable"), [("ftp://127.0.0.1", KEY, "OPENAI_BASE_URL"), ("http://h", "sk 1", "OPENAI_API_KEY")]
)
def test_an_address_or_key_that_is_none_is_refused(url: str, key: str, variable: str) -> None:
    """Before anything is sent, with the variable to set."""
    with pytest.raises(ConfigurationError, match=variable):
        OpenAIReranker("m", url, key)
