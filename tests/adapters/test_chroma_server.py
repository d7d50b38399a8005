"""A Chroma server that is away, slow, strange or choosy is told by name, within a bound."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import chromadb.errors
import httpx
import numpy as np
import pytest
from chroma_process import free_port, run_chroma

from rag.adapters import chroma_server
from rag.adapters.chroma import ChromaVectorIndex
from rag.adapters.chroma_server import ChromaServer
from rag.errors import ConfigurationError, IndexStateError, IndexUnavailableError, QuickTakesError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUERY = np.eye(8, dtype=np.float32)[0]


class StandIn(BaseHTTPRequestHandler):
    """Replies the same to every request, and remembers what it was sent."""

    status, content_type, body = 200, "application/json", b""
    tokens: list[str | None]

    def reply(self) -> None:
        """Send the reply."""
        self.tokens.append(self.headers["X-Chroma-Token"])
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Type", self.content_type)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = reply  # noqa: N815 the names it must have

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def stand_in(status: int, body: str, content_type: str = "application/json") -> Iterator[tuple[str, list[str | None]]]:
    """Run a server that replies the same to every request; give its url, and the tokens it is sent."""
    tokens: list[str | None] = []
    own = {"status": status, "content_type": content_type, "body": body.encode(), "tokens": tokens}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (StandIn,), own)) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", tokens
        running.shutdown()
        thread.join()


@contextmanager
def refused(error: type[QuickTakesError], *words: str) -> Iterator[None]:
    """Expect an error of exactly this class that holds these words and names its cause."""
    with pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    for word in words:
        assert word in str(caught.value)
    assert caught.value.__cause__ is not None


def open_sections(url: str, token: str | None = None) -> None:
    """Open a collection, and close the connection."""
    with closing(ChromaServer(url, token)) as server:
        ChromaVectorIndex(server, "sections")


def test_where_nothing_listens_the_operator_is_told_what_to_start() -> None:
    """The error names the address and the command, and may pass."""
    url = f"http://127.0.0.1:{free_port()}"
    with refused(IndexUnavailableError, url, "chroma run", "QUICKTAKES_CHROMA_URL"):
        open_sections(url)
    assert IndexUnavailableError.retryable


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence ends after a bound, which the error names."""
    monkeypatch.setattr(chroma_server, "ANSWER_S", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with refused(IndexUnavailableError, url, "0.2 s"):
            open_sections(url)


def test_a_server_that_falls_silent_later_is_given_up(monkeypatch: pytest.MonkeyPatch, chroma_url: str) -> None:
    """The bound holds for every call, not for the first alone."""
    monkeypatch.setattr(chroma_server, "ANSWER_S", 5.0)
    with closing(ChromaServer(chroma_url)) as server:
        ChromaVectorIndex(server, f"sections-{secrets.token_hex(8)}")
        api = server._connected[0]
        assert api._session.timeout == httpx.Timeout(5.0, connect=chroma_server.CONNECT_S)


STRANGE = {
    "a web page": (200, "<html>Welcome</html>", "text/html"),
    "JSON of something else": (200, '{"ok": true}', "application/json"),
    "a list": (200, "[1, 2]", "application/json"),
    "a number": (200, "7", "application/json"),
    "broken JSON": (200, '{"max_batch', "application/json"),
    "no such page": (404, "<html>Not found</html>", "text/html"),
    "no such page, in JSON": (404, '{"detail": "Not Found"}', "application/json"),
    "no such page, without a word": (404, "", "text/plain"),
    "a server of version 0": (410, '{"error": "Unimplemented", "message": "use /v1"}', "application/json"),
    "a redirection": (302, "", "text/html"),
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_is_no_chroma_server_is_told_to_the_operator(case: str) -> None:
    """Whatever else answers there, the address is what must be mended."""
    with (
        stand_in(*STRANGE[case]) as (url, _),
        refused(ConfigurationError, url, "QUICKTAKES_CHROMA_URL", "not a Chroma"),
    ):
        open_sections(url)


CHROMA_REFUSALS = [json.dumps({"error": name, "message": "no"}) for name in ("AuthError", "AuthorizationError")]


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", ["", "<html>Forbidden</html>", *CHROMA_REFUSALS])
def test_a_refused_token_is_told_to_the_operator(status: int, body: str) -> None:
    """Whether Chroma refuses or something before it, the token is what must be mended, and it is not shown."""
    with stand_in(status, body) as (url, _):
        with refused(ConfigurationError, url, "QUICKTAKES_CHROMA_TOKEN"):
            open_sections(url, "open-sesame")
        with pytest.raises(ConfigurationError) as caught:
            open_sections(url, "open-sesame")
        assert "open-sesame" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("body", ["", "<html>Try again</html>", '{"error": "RateLimitError", "message": "slow down"}'])
def test_a_server_that_fails_may_recover(status: int, body: str) -> None:
    """Failures of the server, or of what stands before it, may pass."""
    with stand_in(status, body) as (url, _), refused(IndexUnavailableError, url):
        open_sections(url)


def test_a_token_is_sent_in_chromas_own_header() -> None:
    """Without a token there is no such header."""
    with stand_in(500, "") as (url, tokens):
        for token in ("open-sesame", None):
            with refused(IndexUnavailableError, url):
                open_sections(url, token)
    assert tokens == ["open-sesame", None]


WRONG_URLS = [
    "127.0.0.1:8000",
    "ftp://127.0.0.1",
    "http://",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:x",
    "//a",
    "a",
]


@pytest.mark.parametrize("url", [*WRONG_URLS, "http://127.0.0.1:8000/api", "http://127.0.0.1:8000?a=b"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    """A path, too: Chroma's client would drop it."""
    with pytest.raises(ConfigurationError, match="QUICKTAKES_CHROMA_URL"):
        ChromaServer(url)


@pytest.mark.parametrize("token", ["schlüssel", "two\nlines"])
def test_a_token_that_no_header_can_hold_is_refused_at_once(token: str) -> None:
    """It is told before anything is sent, and not shown."""
    with pytest.raises(ConfigurationError, match="QUICKTAKES_CHROMA_TOKEN") as caught:
        ChromaServer("http://127.0.0.1:8000", token)
    assert token not in str(caught.value)


def _subclasses(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in _subclasses(child))]


@pytest.mark.parametrize("kind", [*_subclasses(chromadb.errors.ChromaError), *_subclasses(httpx.HTTPError)])
def test_every_exception_of_chroma_and_its_http_client_is_translated(kind: type[Exception]) -> None:
    """None of them leaves the adapter."""
    if issubclass(kind, httpx.HTTPStatusError):
        request = httpx.Request("GET", "http://127.0.0.1")
        error: Exception = kind("no", request=request, response=httpx.Response(500, request=request))
    else:
        error = kind("no")
    with pytest.raises(QuickTakesError) as caught, ChromaServer("http://127.0.0.1:8000").translated():
        raise error
    assert caught.value.__cause__ is error


def test_a_collection_that_is_gone_is_an_error_of_the_index(chroma_url: str) -> None:
    """Readers make none; and what is deleted under a reader will not come back by waiting."""
    name = f"sections-{secrets.token_hex(8)}"
    with closing(ChromaServer(chroma_url)) as server:
        with refused(IndexStateError, chroma_url, "quicktakes index sync"):
            ChromaVectorIndex(server, name, create=False)
        index = ChromaVectorIndex(server, name)
        server.delete(name)
        server.delete(name)
        for call in (index.count, index.ids, lambda: index.search(QUERY, 3), lambda: index.cosines(QUERY, ["a"])):
            with refused(IndexStateError, chroma_url):
                call()


def test_a_server_that_stops_is_told_and_found_again(tmp_path: Path) -> None:
    """Between two calls the server may stop, and start again with what it held."""
    port = free_port()
    with run_chroma(tmp_path / "server", port) as url:
        server = ChromaServer(url)
        index = ChromaVectorIndex(server, "sections")
        index.add(["a"], QUERY[np.newaxis, :])
    with closing(server):
        with refused(IndexUnavailableError, url):
            index.search(QUERY, 1)
        with run_chroma(tmp_path / "server", port):
            assert index.search(QUERY, 1) == [("a", pytest.approx(1, abs=1e-6))]
