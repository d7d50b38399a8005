"""A server on this machine that speaks the embeddings and the rerank protocol, with no model."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rag.ports import Vectors
from rag.testing.embedder import HashEmbedder
from rag.testing.http_server import Connection, HttpServer, Request
from rag.testing.reranker import HashReranker


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


class EmbeddingsServer(HttpServer):
    """Replies to ``POST /v1/embeddings`` and ``POST /v1/rerank`` as the doubles do, while a ``with`` block runs.

    Attributes:
        asked: every request, in order.
        scripts: what to reply to the next requests, one each; after them all replies are good. They run in threads of
            their own, and may wait.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__(port, host)
        self.asked: list[Asked] = []
        self.scripts: list[Script] = []

    @property
    def texts(self) -> list[str]:
        """Return every text that was asked for, in order."""
        return [text for asked in self.asked for text in asked.texts]

    async def reply(self, request: Request, connection: Connection) -> None:
        """Reply to a request."""
        if request.path not in _PATHS:
            return await send(error_reply(404, f"no path {request.path}"), connection)
        asked = _asked(json.loads(request.body), request.headers.get("authorization"))
        self.asked.append(asked)
        script = self.scripts.pop(0) if self.scripts else good_reply
        return await send(await asyncio.to_thread(script, asked), connection)


async def send(reply: Reply, connection: Connection) -> None:
    """Send a reply, part by part."""
    await connection.start(reply.status, reply.headers, is_chunked=False)
    parts = iter(reply.body)
    while part := await asyncio.to_thread(next, parts, b""):
        await connection.send(part)


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
