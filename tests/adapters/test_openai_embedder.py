"""Vectors from a server: what it may reply, how it may fail, and what is made of that."""

from __future__ import annotations

import base64
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.adapters import openai_server
from rag.adapters.minilm import MiniLMEmbedder
from rag.adapters.openai_embedder import OpenAIEmbedder
from rag.adapters.openai_server import openai_fingerprint
from rag.adapters.retrying import RetryPolicy
from rag.corpus import load_corpus
from rag.errors import (
    ConfigurationError,
    ProviderError,
    ProviderRateLimitError,
    ProviderRejectedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from rag.passages import embedded_text, passages_of
from rag.testing import EmbeddingsServer, HashEmbedder
from rag.testing.embeddings_server import (
    Asked,
    Reply,
    Script,
    embeddings,
    error_reply,
    float_reply,
    good_reply,
    json_reply,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TEXTS = ["Why do leaves look green?", "Kidneys filter blood.", "DNA"]
KEY = "sk-secret-4711"


@pytest.fixture
def pauses() -> list[float]:
    """Return the list that collects how long was waited."""
    return []


@pytest.fixture
def embedder(server: EmbeddingsServer, pauses: list[float]) -> OpenAIEmbedder:
    """Return an embedder at the server, which waits for nothing."""
    return OpenAIEmbedder("hash", server.url, KEY, RetryPolicy(sleep=pauses.append))


def always(reply: Reply) -> Script:
    """Return a script with one reply, whatever is asked."""
    return lambda _: reply


def items(*rows: object, indexes: list[object] | None = None) -> Reply:
    """Return a reply with these embeddings under these indexes."""
    places = indexes or list(range(len(rows)))
    return json_reply({"data": [{"index": i, "embedding": row} for i, row in zip(places, rows, strict=True)]})


def test_vectors_come_as_base64(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """Base64 is asked for, a quarter of the bytes of digits, and gives the server's vectors at unit length."""
    vectors = embedder.embed(TEXTS)

    assert np.abs(vectors - HashEmbedder().embed(TEXTS)).max() < 1e-6
    assert [(asked.texts, asked.model, asked.encoding) for asked in server.asked] == [(TEXTS, "hash", "base64")]


def test_vectors_may_come_as_numbers(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """A server that knows no base64 sends lists, and they are the same vectors."""
    server.scripts = [float_reply]

    assert np.abs(embedder.embed(TEXTS) - HashEmbedder().embed(TEXTS)).max() < 1e-6


def test_the_index_decides_which_vector_is_whose(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """A reply in another order than the request gives the same vectors."""
    rows = embeddings(TEXTS).tolist()
    server.scripts = [always(items(rows[2], rows[0], rows[1], indexes=[2, 0, 1]))]

    assert np.abs(embedder.embed(TEXTS) - HashEmbedder().embed(TEXTS)).max() < 1e-6


def test_an_empty_text_is_sent_as_a_space(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """OpenAI refuses an empty text, and with it all the others of the request."""
    assert embedder.embed(["", "DNA"]).shape == (2, 256)
    assert server.texts == [" ", "DNA"]


ROW = [0.6, 0.8]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(items(ROW, ROW), id="too few"),
        pytest.param(items(ROW, ROW, ROW, ROW), id="too many"),
        pytest.param(items(), id="none"),
        pytest.param(items(ROW, ROW, ROW, indexes=[0, 1, 1]), id="index twice"),
        pytest.param(items(ROW, ROW, ROW, indexes=[1, 2, 3]), id="index from one"),
        pytest.param(items(ROW, ROW, ROW, indexes=[0, 1, "2"]), id="index as text"),
        pytest.param(items(ROW, ROW, ROW, indexes=[0, 1, [2]]), id="index as list"),
        pytest.param(json_reply({"data": [{"embedding": ROW}] * 3}), id="no index"),
        pytest.param(items(ROW, ROW, [1.0]), id="lengths differ"),
        pytest.param(items([], [], []), id="empty vectors"),
        pytest.param(items([ROW], [ROW], [ROW]), id="nested vectors"),
        pytest.param(items(1.0, 1.0, 1.0), id="bare numbers"),
        pytest.param(items(ROW, ROW, [float("nan"), 1.0]), id="NaN"),
        pytest.param(items(ROW, ROW, [float("inf"), 1.0]), id="infinity"),
        pytest.param(items(ROW, ROW, [10**400, 1]), id="greater than a float"),
        pytest.param(items(ROW, ROW, [0.0, 0.0]), id="zero"),
        pytest.param(items(ROW, ROW, ["a", "b"]), id="words"),
        pytest.param(items(ROW, ROW, None), id="null"),
        pytest.param(items(ROW, ROW, {}), id="object"),
        pytest.param(items(ROW, ROW, "no base64!"), id="no base64"),
        pytest.param(items(ROW, ROW, base64.b64encode(b"12345").decode()), id="five bytes"),
        pytest.param(items(ROW, ROW, base64.b64encode(np.array([np.nan, 1], "<f4").tobytes()).decode()), id="NaN64"),
        pytest.param(json_reply({"error": {"message": "model not loaded"}}), id="error with status 200"),
        pytest.param(json_reply(["no", "object"]), id="a list"),
        pytest.param(json_reply({"data": None}), id="data null"),
        pytest.param(json_reply({"data": 7}), id="data a number"),
        pytest.param(Reply([b"<html>Bad gateway</html>"]), id="HTML"),
        pytest.param(Reply([b'{"data": [']), id="cut off JSON"),
        pytest.param(Reply([b"[" * 100_000]), id="deep JSON"),
        pytest.param(Reply([b'{"data": "\xff"}']), id="broken UTF-8"),
        pytest.param(Reply([]), id="nothing"),
    ],
)
def test_a_wrong_reply_is_refused(server: EmbeddingsServer, embedder: OpenAIEmbedder, reply: Reply) -> None:
    """Whatever is not one finite vector of one length for each text ends with the server's name, at once."""
    server.scripts = [always(reply)]

    with pytest.raises(ProviderReplyError, match=r"127\.0\.0\.1.* is not 3 vectors"):
        embedder.embed(TEXTS)
    assert len(server.asked) == 1


def test_vectors_may_not_change_their_length(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """A second reply with other dimensions than the first is refused: another model has answered."""
    embedder.embed(["DNA"])
    server.scripts = [always(items(ROW))]

    with pytest.raises(ProviderReplyError, match=r"\(2,\).* after 256 dimensions"):
        embedder.embed(["RNA"])


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408, 409])
def test_a_server_that_fails_is_asked_again(
    server: EmbeddingsServer, embedder: OpenAIEmbedder, pauses: list[float], status: int
) -> None:
    """After a passing failure the same texts are sent again, and the caller sees only the vectors."""
    server.scripts = [always(error_reply(status, "overloaded"))] * 2

    assert embedder.embed(TEXTS).shape == (3, 256)
    assert [asked.texts for asked in server.asked] == [TEXTS] * 3
    assert 0.25 <= pauses[0] <= 0.5 <= pauses[1] <= 1


def test_a_server_that_goes_on_failing_is_given_up(
    server: EmbeddingsServer, embedder: OpenAIEmbedder, pauses: list[float]
) -> None:
    """After six requests the last failure is told."""
    server.scripts = [always(error_reply(500, "out of memory"))] * 9

    with pytest.raises(ProviderUnavailableError, match="out of memory") as caught:
        embedder.embed(TEXTS)
    assert len(server.asked) == 6
    assert len(pauses) == 5
    assert caught.value.retryable
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": "0"}, 0.5, 0.5),
        ({"Retry-After": "86400"}, 60, 60),
        ({"retry-after-ms": "1500", "Retry-After": "9"}, 1.5, 1.5),
        ({"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}, 60, 60),
        ({"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.25, 0.5),
        ({"Retry-After": "-1"}, 0.25, 0.5),
        ({"Retry-After": "nan"}, 0.25, 0.5),
        ({"Retry-After": "soon"}, 0.25, 0.5),
        ({}, 0.25, 0.5),
    ],
)
def test_a_rate_limit_is_waited_for(  # noqa: PLR0913, PLR0917 a case has three parts
    server: EmbeddingsServer,
    embedder: OpenAIEmbedder,
    pauses: list[float],
    headers: dict[str, str],
    least: float,
    most: float,
) -> None:
    """As long as the server asks, within bounds; and where it names no time, as after any failure."""
    server.scripts = [always(error_reply(429, "slow down", headers))]

    embedder.embed(TEXTS)
    assert len(pauses) == 1
    assert least <= pauses[0] <= most


def test_a_rate_limit_that_lasts_is_told_with_its_delay(server: EmbeddingsServer, pauses: list[float]) -> None:
    """Where there is no time left to wait, the error says how long the server asks for, to caller and code."""
    embedder = OpenAIEmbedder("hash", server.url, KEY, RetryPolicy(deadline_s=10, sleep=pauses.append))
    server.scripts = [always(error_reply(429, "slow down", {"Retry-After": "20"}))]

    with pytest.raises(ProviderRateLimitError, match=r"slow down.*try again in 20 s") as caught:
        embedder.embed(TEXTS)
    assert caught.value.retry_after_s == 20
    assert caught.value.retryable
    assert (len(server.asked), pauses) == (1, [])


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (400, "model's name"),
        (401, "OPENAI_API_KEY"),
        (403, "OPENAI_API_KEY"),
        (404, "OPENAI_BASE_URL"),
        (413, "model's name"),
        (422, "model's name"),
    ],
)
def test_a_refusal_is_final(server: EmbeddingsServer, embedder: OpenAIEmbedder, status: int, hint: str) -> None:
    """It is told at once, with the server's reason and what to check, and never with the key."""
    server.scripts = [always(error_reply(status, f"not with {KEY},\n  you know"))]

    with pytest.raises(ProviderRejectedError) as caught:
        embedder.embed(TEXTS)
    message = str(caught.value)
    assert "not with ***, you know" in message
    assert hint in message
    assert KEY not in message
    assert not caught.value.retryable
    assert len(server.asked) == 1


def test_an_account_without_money_is_no_rate_limit(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """OpenAI says 429 to that too, but waiting does not mend it."""
    server.scripts = [always(error_reply(429, "You exceeded your quota", code="insufficient_quota"))]

    with pytest.raises(ProviderRejectedError, match=r"quota.*account"):
        embedder.embed(TEXTS)
    assert len(server.asked) == 1


def brief(server: EmbeddingsServer, calls: int = 2) -> OpenAIEmbedder:
    """Return an embedder that gives up a request after a fifth of a second."""
    return OpenAIEmbedder(
        "hash", server.url, KEY, RetryPolicy(call_timeout_s=0.2, most_calls=calls, sleep=lambda _: None)
    )


def test_a_server_that_hangs_is_left(server: EmbeddingsServer) -> None:
    """A request without a reply ends, is made again, and then told."""

    def hang(asked: Asked) -> Reply:
        server.closing.wait(5)
        return good_reply(asked)

    server.scripts = [hang, hang]

    with pytest.raises(ProviderUnavailableError, match=r"(?i)timed out"):
        brief(server).embed(TEXTS)
    assert len(server.asked) == 2


def test_a_reply_that_trickles_in_is_left(server: EmbeddingsServer) -> None:
    """Some servers send blanks to keep a connection open; a request's time is over all the same."""

    def trickle() -> Iterator[bytes]:
        for _ in range(100):
            if server.closing.wait(0.05):
                return
            yield b" "

    server.scripts = [lambda _: Reply(trickle())]

    with pytest.raises(ProviderUnavailableError, match="took more than"):
        brief(server, calls=1).embed(TEXTS)


def test_a_reply_that_breaks_off_is_asked_for_again(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """A connection lost in the middle of a reply is a passing failure."""
    server.scripts = [always(Reply([b'{"data": ['], headers={"Content-Length": "1000"}))]

    assert embedder.embed(TEXTS).shape == (3, 256)
    assert len(server.asked) == 2


def test_a_reply_without_end_is_cut(
    server: EmbeddingsServer, embedder: OpenAIEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reply is never read into memory beyond what vectors can take."""
    monkeypatch.setattr(openai_server, "_MOST_REPLY_BYTES", 1_000)
    server.scripts = [lambda _: Reply(itertools.repeat(b" " * 500, 1_000_000))]

    with pytest.raises(ProviderReplyError, match="over 1,000 bytes"):
        embedder.embed(TEXTS)


def test_a_server_that_is_not_there_is_named(pauses: list[float]) -> None:
    """A refused connection is tried again, then told with its address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    embedder = OpenAIEmbedder("hash", url, policy=RetryPolicy(sleep=pauses.append))

    with pytest.raises(ProviderUnavailableError, match=r"127\.0\.0\.1.*refused.*check that it runs"):
        embedder.embed(TEXTS)
    assert len(pauses) == 5


def test_requests_are_bounded_by_count_and_by_tokens(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """No more than 32 texts go at once, and no more tokens than 32 passages have, but always one text."""
    short = [f"cell {number}" for number in range(70)]
    long = ["cell " * tokens for tokens in (8_000, 100, 200, 9_000, 5)]

    together = embedder.embed([*short, *long])

    assert [len(asked.texts) for asked in server.asked] == [32, 32, 8, 1, 1, 1]
    assert server.texts == [*short, *long]
    assert np.abs(together - HashEmbedder().embed([*short, *long])).max() < 1e-6


def test_the_key_is_sent_where_there_is_one(server: EmbeddingsServer, embedder: OpenAIEmbedder) -> None:
    """A server of one's own is asked without one."""
    embedder.embed(["DNA"])
    OpenAIEmbedder("hash", server.url).embed(["DNA"])

    assert [asked.authorization for asked in server.asked] == [f"Bearer {KEY}", "Bearer none"]


def test_the_fingerprint_needs_no_server() -> None:
    """It names provider and model, and another server than OpenAI's by its address without what is secret in it."""
    assert OpenAIEmbedder("text-embedding-3-small", api_key=KEY).fingerprint == "openai:text-embedding-3-small"
    own = openai_fingerprint("m", "http://127.0.0.1:11434/v1")
    assert own.startswith("openai:m@")
    assert own == openai_fingerprint("m", "http://127.0.0.1:11434/v1/")
    assert own == openai_fingerprint("m", "http://me:secret@127.0.0.1:11434/v1?key=secret")
    assert len({own, openai_fingerprint("m", "http://127.0.0.1:8000/v1"), openai_fingerprint("m", None)}) == 3


@pytest.mark.parametrize(
    "url", ["", " ", "127.0.0.1:11434", "ftp://127.0.0.1", "http://", "http://[::1", "http://h:x/"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Before anything is sent, with the variable to set; the address, which may hold a password, is not repeated."""
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL"):
        OpenAIEmbedder("m", url, KEY)


def test_openai_needs_a_key() -> None:
    """OpenAI itself is never asked without one; a server of one's own is."""
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        OpenAIEmbedder("text-embedding-3-small")


@pytest.mark.parametrize("key", ["sk-\n", "sk-ключ", "sk 1", "sk-\x00"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    """Without being repeated in the message."""
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY") as caught:
        OpenAIEmbedder("m", "http://127.0.0.1/v1", key)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "url", "key", "price"),
    [
        ("text-embedding-3-small", None, KEY, 0.02),
        ("text-embedding-3-large", None, KEY, 0.13),
        ("text-embedding-4", None, KEY, None),
        ("text-embedding-3-small", "http://127.0.0.1/v1", KEY, None),
        ("text-embedding-3-small", "http://127.0.0.1/v1", None, 0),
    ],
)
def test_a_price_is_known_or_said_to_be_unknown(
    model: str, url: str | None, key: str | None, price: float | None
) -> None:
    """OpenAI's by model; another server's is its own affair; who takes no key sends no bill."""
    assert OpenAIEmbedder(model, url, key).usd_per_million_tokens == price


def test_tokens_are_rather_overcounted(repository: Path, minilm: MiniLMEmbedder) -> None:
    """Over the starter corpus the estimate is more than a real tokenizer counts, for no passage much less."""
    count = OpenAIEmbedder("m", api_key=KEY).count_tokens
    entries = list(load_corpus(repository / "corpus").entries.values())[::5]
    texts = [embedded_text(passage) for entry in entries for passage in passages_of(entry, count, 256)]
    estimates = [count(text) for text in texts]
    counts = [minilm.count_tokens(text) for text in texts]
    assert min(estimate / real for estimate, real in zip(estimates, counts, strict=True)) > 0.8
    assert 1.2 < sum(estimates) / sum(counts) < 1.5
    assert max(counts) <= 256


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 2),
        ("cell", 3),
        ("cells", 4),
        ("Cells divide.", 7),
        ("ATGC", 6),
        ("2026", 6),
        ("细胞", 8),
        ("🧬", 6),
        ("μm", 5),
    ],
)
def test_tokens_by_letters_and_bytes(text: str, tokens: int) -> None:
    """Four small letters are one, every byte of anything else is one, and two go around."""
    assert OpenAIEmbedder("m", api_key=KEY).count_tokens(text) == tokens


@pytest.mark.parametrize(
    "statement",
    ["import rag.cli", "from rag.settings import Settings; import rag.wiring; rag.wiring.load_embedder(Settings())"],
)
def test_the_package_is_imported_only_where_it_is_used(statement: str) -> None:
    """Neither the commands' help nor the default embedder pays for its import."""
    code = f"import sys; {statement}; sys.exit('openai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=True)  # noqa: S603 our own words


class TestPolicy:
    """When a call is made again; with a clock that only pauses and calls move."""

    def test_no_call_begins_after_the_deadline(self) -> None:
        """Pauses and calls count, and the last call has only the time that is left."""
        now = [0.0]
        given: list[float] = []

        def sleep(seconds: float) -> None:
            now[0] += seconds

        def attempt(timeout_s: float) -> None:
            given.append(timeout_s)
            now[0] += timeout_s
            raise ProviderUnavailableError("down")

        policy = RetryPolicy(deadline_s=100, call_timeout_s=40, sleep=sleep, clock=lambda: now[0])
        with pytest.raises(ProviderUnavailableError):
            policy.call(attempt)
        assert given[:2] == [40, 40]
        assert 0 < given[2] < 20
        assert len(given) == 3
        assert now[0] <= 100

    def test_pauses_double_up_to_the_longest(self) -> None:
        """With a random part of at most half."""
        pauses: list[float] = []
        policy = RetryPolicy(most_calls=8, longest_pause_s=4, sleep=pauses.append, clock=lambda: 0)

        def attempt(_: float) -> None:
            raise ProviderUnavailableError("down")

        with pytest.raises(ProviderUnavailableError):
            policy.call(attempt)
        bounds = [0.5, 1, 2, 4, 4, 4, 4]
        assert len(pauses) == len(bounds)
        assert all(bound / 2 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
        assert len(set(pauses)) == len(pauses)

    @pytest.mark.parametrize("error", [ProviderRejectedError("no"), ProviderReplyError("what?"), ProviderError("?")])
    def test_what_does_not_pass_is_not_tried_again(self, error: ProviderError) -> None:
        """Only errors that say so are retryable."""
        calls: list[float] = []

        def attempt(timeout_s: float) -> None:
            calls.append(timeout_s)
            raise error

        with pytest.raises(type(error)):
            RetryPolicy(sleep=lambda _: None).call(attempt)
        assert len(calls) == 1


@pytest.mark.parametrize("scale", [1e-300, 1e-60, 1e60, 1e300])
def test_the_size_of_numbers_does_not_matter(server: EmbeddingsServer, embedder: OpenAIEmbedder, scale: float) -> None:
    """Vectors whose squares no float can hold are brought to unit length all the same."""
    server.scripts = [always(items([3 * scale, 4 * scale]))]

    assert embedder.embed(["DNA"])[0].tolist() == pytest.approx([0.6, 0.8])
