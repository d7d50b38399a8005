"""Errors at OpenAI's doors have OpenAI's form, whoever raises them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.openai.events import as_chunks
from api.problems import DoorError, problem_of
from api.runs import RunEvent
from api.service import service_of
from rag.errors import IndexStateError

ASKED = {"model": "quicktakes", "messages": [{"role": "user", "content": "Why do leaves look green?"}]}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "authentication_error"), (403, "permission_error"), (429, "rate_limit_error"), (503, "server_error")],
)
def test_what_the_doors_refuse_is_worded_as_openai_does(client: TestClient, status: int, kind: str) -> None:
    """With the wait that is asked for, which its clients keep to."""

    def refuse() -> None:
        raise DoorError(HTTPStatus(status), "not-now", "Not now.", retry_after_s=7)

    app = cast("FastAPI", client.app)
    app.dependency_overrides[service_of] = refuse
    reply = client.post("/v1/chat/completions", json=ASKED)
    assert (reply.status_code, reply.headers["retry-after"]) == (status, "7")
    assert reply.json() == {"error": {"message": "Not now.", "type": kind, "param": None, "code": "not-now"}}


@pytest.mark.parametrize(
    ("content", "status", "param"),
    [
        (b"\xff", 400, None),
        (b"{", 400, None),
        (b"[]", 400, None),
        (b"{}", 400, "model"),
        (b'{"model": "quicktakes", "messages": [{"role": "user", "content": [3]}]}', 400, "messages[0].content"),
    ],
)
def test_what_cannot_be_read_is_refused(client: TestClient, content: bytes, status: int, param: str | None) -> None:
    """With 400, as OpenAI's own server does, and where it is wrong."""
    reply = client.post("/v1/chat/completions", content=content, headers={"Content-Type": "application/json"})
    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["param"]) == (status, "invalid_request_error", param)


def test_what_goes_wrong_amid_a_stream_is_its_last_line() -> None:
    """Without the word that ends a whole one, and without what only an operator should know."""
    problem = problem_of(IndexStateError("/srv/secret is damaged"))
    line = as_chunks(RunEvent("error", {"problem": problem}), "run:3").decode()
    assert line.startswith("data: ")
    error = json.loads(line.removeprefix("data: "))["error"]
    assert (error["type"], error["code"]) == ("server_error", "index-state")
    assert "secret" not in line
    assert "[DONE]" not in line
