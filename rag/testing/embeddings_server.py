"""A server on this machine that speaks the embeddings and the rerank protocol, with no model."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Final, Self

from rag.ports import Vectors
from rag.testing.embedder import HashEmbedder
from rag.testing.reranker import HashReranker

_WAIT_S: Final = 10.0
"""No request holds a thread for longer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what was to be embedded, or scored for a question, and how it was asked for."""

    texts: list[str]
    model: str
    encoding: str
    authorization: str | None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server says to a request; the parts of its body are sent one by one."""

    body: Iterable[bytes]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Script = Callable[[Asked], Reply]


class EmbeddingsServer:
    """Replies to ``POST /v1/embeddings`` and ``POST /v1/rerank`` as the doubles do, while a ``with`` block runs.

    Attributes:
        url: to be given as a base url.
        asked: every request, in order.
        scripts: what to reply to the next requests, one each; after them all replies are good.
        closing: set when the block ends, for a script to wait on.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.scripts: list[Script] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def texts(self) -> list[str]:
        """Return every text that was asked for, in order."""
        return [text for asked in self.asked for text in asked.texts]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def embeddings(texts: list[str]) -> Vectors:
    """Return what the server embeds texts as: not of unit length, as the protocol does not promise it."""
    return HashEmbedder().embed(texts) * 3


def good_reply(asked: Asked) -> Reply:
    """Return the vectors of a request, encoded as it asks, or its scores."""
    if asked.question is not None:
        return scores_reply(HashReranker().rerank(asked.question, asked.texts))
    if "" in asked.texts:
        return error_reply(400, "'$.input' is invalid: an empty string")
    vectors = embeddings(asked.texts)
    as_base64 = asked.encoding == "base64"
    return reply_of(base64.b64encode(row.tobytes()).decode() if as_base64 else row.tolist() for row in vectors)


def float_reply(asked: Asked) -> Reply:
    """Return the vectors of a request as lists of numbers, whatever it asks, as some servers do."""
    return reply_of(row.tolist() for row in embeddings(asked.texts))


def reply_of(rows: Iterable[Any]) -> Reply:
    """Return a reply with these embeddings."""
    items = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    return json_reply({"object": "list", "model": "hash", "data": items})


def scores_reply(scores: Iterable[Any]) -> Reply:
    """Return a reply with these relevance scores, the best first, as servers send them."""
    results = [{"index": place, "relevance_score": score} for place, score in enumerate(scores)]
    results.sort(key=lambda result: -result["relevance_score"])
    return json_reply({"model": "hash", "results": results, "usage": {"total_tokens": 7}})


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply of JSON."""
    return Reply([json.dumps(value).encode()], status, headers or {})


def error_reply(status: int, message: str, headers: Mapping[str, str] | None = None, code: str | None = None) -> Reply:
    """Return an error as the protocol words it."""
    return json_reply({"error": {"message": message, "type": "error", "code": code}}, status, headers)


def _asked(body: dict[str, Any], authorization: str | None) -> Asked:
    if "documents" in body:
        return Asked(body["documents"], body["model"], "", authorization, body["query"])
    return Asked(body["input"], body["model"], body.get("encoding_format", ""), authorization)


_PATHS: Final = {"/v1/embeddings", "/v1/rerank"}


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[EmbeddingsServer]
    timeout = _WAIT_S

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body: dict[str, Any] = json.loads(self.rfile.read(length))
        asked = _asked(body, self.headers["Authorization"])
        self.owner.asked.append(asked)
        script = self.owner.scripts.pop(0) if self.owner.scripts else good_reply
        reply = script(asked) if self.path in _PATHS else error_reply(404, f"no path {self.path}")
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for part in reply.body:
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            return  # the one who asked has gone

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        """Write nothing."""
