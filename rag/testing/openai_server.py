"""A server on this machine that speaks OpenAI's protocol with no model: see ``--help``."""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rag.testing.batch_script import BatchDoor
from rag.testing.chat_script import ChatAsked, ChatReply, ChatScript, echo_reply, read_script
from rag.testing.embeddings_server import EmbeddingsServer, Reply, error_reply, json_reply, send
from rag.testing.http_server import Connection, Request
from rag.tokens import estimate_tokens

_MODEL: Final = "scripted"
_ID: Final = "chatcmpl-1"
_CREATED: Final = 1_700_000_000
_BLANKS: Final = b":" + b" " * 998 + b"\n"

_EXAMPLE: Final = """
A script is a JSON list, one reply for each request in order; after the last, evidence in the prompt is echoed:

  ["Enzymes lower activation energy.",
   {"status": 429, "message": "slow down", "headers": {"Retry-After": "2"}},
   {"pieces": ["Enzymes ", "lower ", "it."], "first_delay_s": 1, "delay_s": 0.2},
   {"pieces": "It breaks off here.", "fault": "cut", "fault_after": 2},
   {"value": {"answer": "42"}}]

Ask it by hand:

  curl -N http://127.0.0.1:8100/v1/chat/completions -d '{"model": "scripted", "stream": true,
    "messages": [{"role": "user", "content": "Why?\\n```\\nEnzymes are proteins.\\n```"}]}'
"""


class OpenAIServer(EmbeddingsServer):
    """Chat completions as they are scripted, streamed, whole or by the batch; models; the doubles' vectors and scores.

    Attributes:
        chats: every request for a chat completion, in order.
        chat_scripts: what to reply to the next of them, one each, or a function of the request.
        chat_default: what to reply after them.
        batch_door: replies to what is asked of files and batches, whose requests are replied to as others are.
    """

    def __init__(
        self, port: int = 0, chat_scripts: Sequence[ChatReply | ChatScript] = (), host: str = "127.0.0.1"
    ) -> None:
        super().__init__(port, host)
        self.chats: list[ChatAsked] = []
        self.chat_scripts: list[ChatReply | ChatScript] = list(chat_scripts)
        self.chat_default: ChatScript = echo_reply
        self.batch_door = BatchDoor(lambda body: _completion(*self._scripted(ChatAsked(body))))

    async def reply(self, request: Request, connection: Connection) -> None:
        """Reply to a request."""
        if request.path == "/v1/models":
            await send(json_reply({"object": "list", "data": [{"id": _MODEL, "object": "model"}]}), connection)
        elif request.path == "/v1/chat/completions":
            await self._reply_to_chat(request, connection)
        elif request.path.startswith(("/v1/files", "/v1/batches")):
            await send(self.batch_door.reply(request), connection)
        else:
            await super().reply(request, connection)

    def _scripted(self, asked: ChatAsked) -> tuple[ChatAsked, ChatReply]:
        """Return a request, which is recorded, and what is scripted for it."""
        self.chats.append(asked)
        script = self.chat_scripts.pop(0) if self.chat_scripts else self.chat_default
        return asked, script if isinstance(script, ChatReply) else script(asked)

    async def _reply_to_chat(self, request: Request, connection: Connection) -> None:
        asked, reply = self._scripted(ChatAsked(json.loads(request.body), request.headers.get("authorization")))
        try:
            await connection.pause(reply.first_delay_s)
            await _send_chat(asked, reply, connection)
        except ConnectionError:
            if reply.fault != "cut":
                asked.leave()
            raise


async def _send_chat(asked: ChatAsked, reply: ChatReply, connection: Connection) -> None:
    if reply.status != 200:
        await send(error_reply(reply.status, reply.message, reply.headers, reply.code), connection)
    elif reply.fault == "html":
        await send(
            Reply([b"<html>\n<body>Sign in</body>\n</html>\n"], headers={"Content-Type": "text/html"}), connection
        )
    elif asked.body.get("stream"):
        await connection.start(200, {"Content-Type": "text/event-stream", **reply.headers}, is_chunked=True)
        await _send_events(asked, reply, connection)
    else:
        await send(_whole(asked, reply), connection)


async def _send_events(asked: ChatAsked, reply: ChatReply, connection: Connection) -> None:
    for place, event in enumerate(_events(asked, reply)):
        if place == reply.fault_after and reply.fault not in {None, "no choices"}:
            return await _fail(reply, connection)
        await connection.pause(reply.delay_s if place else 0)
        await connection.send(_line(event))
    await connection.send(b"data: [DONE]\n\n")
    return await connection.finish()


async def _fail(reply: ChatReply, connection: Connection) -> None:
    match reply.fault:
        case "cut":
            connection.cut()
        case "stall":
            await connection.left.wait()
            raise ConnectionResetError
        case "endless":
            while True:
                await connection.send(_BLANKS)
        case "error":
            await connection.send(_line({"error": {"message": reply.message, "code": reply.code}}))
            await connection.finish()
        case _:
            await connection.send(b'data: {"choices": [{"delta"\n\n')
            await connection.finish()


def _events(asked: ChatAsked, reply: ChatReply) -> Iterator[Mapping[str, Any]]:
    """Yield what a reply is made of; the first is a piece, so that faults count pieces."""
    head = {"id": _ID, "object": "chat.completion.chunk", "created": _CREATED, "model": asked.body.get("model", _MODEL)}
    for delta in _deltas(reply):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        yield {**head, "choices": [] if reply.fault == "no choices" else [choice]}
    if reply.finish_reason is not None and reply.fault != "no choices":
        yield {**head, "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": reply.finish_reason}]}
    if reply.has_usage and asked.body.get("stream_options") == {"include_usage": True}:
        yield {**head, "choices": [], "usage": _usage(asked, reply)}


def _deltas(reply: ChatReply) -> Iterator[Mapping[str, Any]]:
    for thought in reply.thoughts:
        yield {"reasoning_content": thought}
    for text in reply.texts:
        yield {"content": text}
    if reply.tool_calls:
        yield {"tool_calls": _tool_calls(reply)}


def _whole(asked: ChatAsked, reply: ChatReply) -> Reply:
    body = _completion(asked, reply)
    if reply.fault in {"cut", "malformed"}:
        return Reply([json.dumps(body).encode()[:40]], headers={"Content-Type": "application/json"})
    return json_reply(body, headers={"Content-Type": "application/json"})


def _completion(asked: ChatAsked, reply: ChatReply) -> Mapping[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "".join(reply.texts)}
    if reply.thoughts:
        message["reasoning_content"] = "".join(reply.thoughts)
    if reply.tool_calls:
        message["tool_calls"] = _tool_calls(reply)
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    return {
        "id": _ID,
        "object": "chat.completion",
        "created": _CREATED,
        "model": asked.body.get("model", _MODEL),
        "choices": [] if reply.fault == "no choices" else [choice],
        **({"usage": _usage(asked, reply)} if reply.has_usage else {}),
    }


def _tool_calls(reply: ChatReply) -> list[Mapping[str, Any]]:
    return [
        {"index": place, "id": f"call_{place}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for place, (name, arguments) in enumerate(reply.tool_calls)
    ]


def _usage(asked: ChatAsked, reply: ChatReply) -> Mapping[str, int]:
    prompt, completion = estimate_tokens(asked.prompt), len(reply.texts) + len(reply.thoughts)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _line(event: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


def main() -> None:
    """Serve until the process is told to end."""
    parser = argparse.ArgumentParser(
        prog="python -m rag.testing.openai_server",
        description=__doc__.split(":")[0] if __doc__ else None,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8100, help="0 for any that is free (default: 8100)")
    parser.add_argument("--script", type=Path, help="JSON file with what to reply")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each further word of what is echoed")
    arguments = parser.parse_args()
    try:
        replies = read_script(arguments.script) if arguments.script else []
        server = OpenAIServer(arguments.port, replies, arguments.host)
        server.chat_default = lambda asked: replace(echo_reply(asked), delay_s=arguments.delay)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    with server:
        print(f"serving {server.url}", flush=True)  # noqa: T201 a command
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
