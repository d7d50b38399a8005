"""What an operator is told of each request and each answer: a line of log, figures, spans."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import Respond
from api.runs import Run
from api.tracing import Tracing

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS: Final = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_NO_ROUTE: Final = "none"

_requests_log: Final = logging.getLogger("api.requests")
_answers_log: Final = logging.getLogger("api.answers")
_request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)


class Observed:
    """ASGI middleware: names each request, and tells how it ended.

    A caller's own ``X-Request-ID`` is kept where it looks like one; the response has it, and every line of log.

    Args:
        respond: gives the response to an error that nobody foresaw.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, respond: Respond) -> None:
        self._app = app
        self._metrics = metrics
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell how it ended, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        _request_id.set(request_id)
        started = time.perf_counter()
        status = 0
        code: str | None = None

        async def named(message: Message) -> None:
            nonlocal status, code
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(raw=message["headers"])
                headers["X-Request-ID"] = request_id
                code = headers.get("x-problem")
                del headers["x-problem"]
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception as error:
            if not status:
                await self._respond(Request(scope), error)(scope, receive, named)
            raise
        finally:
            self._tell(scope, status, time.perf_counter() - started, code)

    def _tell(self, scope: Scope, status: int, seconds: float, code: str | None) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        self._metrics.request_ended(method, route, status, seconds, code)
        told = {"request_id": _request_id.get(), "method": method, "route": route, "status": status}
        told |= {"ms": round(seconds * 1000, 1)} | ({} if code is None else {"problem": code})
        _requests_log.info("request", extra={"fields": told})


class AnswersObserved:
    """Tells how answers ended; see `api.runs.RunObserver`.

    Args:
        names_questions: whether the log may hold what was asked.
    """

    def __init__(self, metrics: Metrics, tracing: Tracing | None, *, names_questions: bool) -> None:
        self._metrics = metrics
        self._tracing = tracing
        self._names_questions = names_questions

    def began(self) -> None:
        """Count an answer in."""
        self._metrics.answer_began()

    def ended(self, run: Run) -> None:
        """Tell how an answer ended."""
        last = run.last
        if last is None or last.name == "error":
            code = "cancelled" if last is None else code_of(last.content["problem"])
            self._metrics.answer_failed(code)
            self._log(run, {"status": "failed", "problem": code})
            return
        answer = _answer_in(last.content)
        source = "given" if last.is_given else "kept" if answer["cached"] else "made"
        self._metrics.answer_made(answer, source)
        if self._tracing is not None:
            self._tracing.answer_made(answer)
        told = {name: answer[name] for name in ("status", "rung", "mode", "timings_ms", "usage", "cost_usd")}
        question = {"question": answer["question"]} if self._names_questions else {}
        self._log(run, {**told, "source": source, "notices": len(answer["notices"]), **question})

    @staticmethod
    def _log(run: Run, told: Mapping[str, Any]) -> None:
        fields = {"request_id": _request_id.get(), "answer": run.name[:8], **told}
        _answers_log.info("answer", extra={"fields": fields})


def _answer_in(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer that the last event of any door holds."""
    return cast(
        "Mapping[str, Any]", content["answer"] if "answer" in content else content["completion"]["quicktakes"]["answer"]
    )


def code_of(problem: Mapping[str, Any]) -> str:
    """Return the word for the kind of a problem."""
    return str(problem["type"]).rpartition(":")[2]
