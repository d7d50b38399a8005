"""Files and batches as they are scripted: lines in another order, some that expire, fail or are missing."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from rag.testing.embeddings_server import Reply, error_reply, json_reply
from rag.testing.http_server import Request

_CREATED: Final = 1_700_000_000
_FILE: Final = re.compile(rb'name="file"; filename="[^"]*"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
_EXPIRED: Final = {"code": "batch_expired", "message": "This request could not be executed before the batch expired."}


@dataclass(frozen=True, slots=True)
class BatchReply:
    """What becomes of a batch; its requests are numbered from 0 as they were sent.

    Attributes:
        looks: how often it is looked at before it has ended.
        reverse: whether its lines come last first.
        expired, failed, missing: numbers of requests that expire, get an error line, or leave no line.
        status_code: of the error lines.
        cut: number of a request whose line is cut short; None for none.
        status: at its end; with ``failed`` there are no lines, only `message`.
    """

    looks: int = 1
    reverse: bool = False
    expired: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    status_code: int = 500
    cut: int | None = None
    status: str = "completed"
    message: str = "the file is not valid"


class BatchDoor:
    """Replies below ``/v1/files`` and ``/v1/batches``.

    Args:
        complete: gives the completion that a request's body asks for.

    Attributes:
        scripts: what becomes of the next batches, one each; all goes well after them.
        is_open: whether the server has batches at all.
        page: how many batches it lists at once, the latest first.
        batches: every batch that was made, with the requests that it was made of.
    """

    def __init__(self, complete: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self.scripts: list[BatchReply] = []
        self.is_open = True
        self.page = 100
        self.batches: dict[str, list[Mapping[str, Any]]] = {}
        self._complete = complete
        self._numbers = itertools.count(1)
        self._files: dict[str, bytes] = {}
        self._states: dict[str, dict[str, Any]] = {}
        self._ends: dict[str, BatchReply] = {}

    def reply(self, request: Request) -> Reply:
        """Reply to a request."""
        path = urlsplit(request.path).path.removeprefix("/v1/").split("/")
        told = self._told(request, path) if self.is_open else None
        return error_reply(404, f"no path {request.path}") if told is None else told

    def _told(self, request: Request, path: list[str]) -> Reply | None:
        match request.method, path:
            case "POST", ["files"]:
                return self._keep(request.body)
            case "GET", ["files", name, "content"] if name in self._files:
                return Reply([self._files[name]])
            case "POST", ["batches"]:
                return self._begin(json.loads(request.body))
            case "GET", ["batches"]:
                return self._list(parse_qs(urlsplit(request.path).query).get("after"))
            case "GET", ["batches", name] if name in self._states:
                return self._look(name)
            case _:
                return None

    def _keep(self, body: bytes) -> Reply:
        found = _FILE.search(body)
        if found is None or b"\r\n\r\nbatch\r\n" not in body:
            return error_reply(400, "there is no file, or its purpose is not 'batch'")
        return json_reply(self._file(found[1]), headers=_JSON)

    def _file(self, content: bytes) -> dict[str, Any]:
        name = f"file-{next(self._numbers)}"
        self._files[name] = content
        told = {"id": name, "object": "file", "bytes": len(content), "created_at": _CREATED}
        return {**told, "filename": "requests.jsonl", "purpose": "batch", "status": "processed"}

    def _begin(self, body: Mapping[str, Any]) -> Reply:
        name = f"batch_{next(self._numbers)}"
        self.batches[name] = [json.loads(line) for line in self._files[body["input_file_id"]].splitlines()]
        self._ends[name] = self.scripts.pop(0) if self.scripts else BatchReply()
        self._states[name] = {
            **{key: body.get(key) for key in ("input_file_id", "endpoint", "completion_window", "metadata")},
            "id": name,
            "object": "batch",
            "created_at": _CREATED,
            "status": "validating",
            "looks": 0,
        }
        return json_reply(self._states[name], headers=_JSON)

    def _list(self, after: Sequence[str] | None) -> Reply:
        latest = list(reversed(self._states))
        rest = latest[latest.index(after[0]) + 1 :] if after else latest
        told = [self._states[name] for name in rest[: self.page]]
        return json_reply({"object": "list", "data": told, "has_more": len(rest) > self.page}, headers=_JSON)

    def _look(self, name: str) -> Reply:
        state, end = self._states[name], self._ends[name]
        state["looks"] += 1
        state["status"] = "in_progress" if state["looks"] < end.looks else end.status
        if state["looks"] == end.looks:
            self._end(name, state, end)
        return json_reply(state, headers=_JSON)

    def _end(self, name: str, state: dict[str, Any], end: BatchReply) -> None:
        if end.status == "failed":
            state["errors"] = {"object": "list", "data": [{"code": "invalid", "message": end.message}]}
            return
        good: list[str] = []
        bad: list[str] = []
        for number, asked in enumerate(self.batches[name]):
            if number in end.missing:
                continue
            line: dict[str, Any] = {"id": f"line-{number}", "custom_id": asked["custom_id"], "error": None}
            if number in end.expired:
                bad.append(json.dumps({**line, "response": None, "error": _EXPIRED}))
            elif number in end.failed:
                body = {"error": {"message": "the server had an error"}}
                bad.append(json.dumps({**line, "response": {"status_code": end.status_code, "body": body}}))
            else:
                whole = json.dumps({**line, "response": {"status_code": 200, "body": self._complete(asked["body"])}})
                good.append(whole[: len(whole) // 2] if number == end.cut else whole)
        for key, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                ordered = reversed(lines) if end.reverse else lines
                state[key] = self._file("".join(f"{line}\n" for line in ordered).encode())["id"]


_JSON: Final = {"Content-Type": "application/json"}
