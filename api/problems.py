"""Everything that can go wrong at the doors, as RFC 9457 problems: the one table of errors and their status."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.security_headers import SECURITY_HEADERS
from rag import errors
from rag.errors import ProviderRateLimitError, QuickTakesError

STATUS: Final[Mapping[type[QuickTakesError], HTTPStatus]] = {
    errors.QuestionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotIndexedError: HTTPStatus.NOT_FOUND,
    errors.IndexStateError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotApprovedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ProviderError: HTTPStatus.BAD_GATEWAY,
    errors.ProviderUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ProviderRateLimitError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SpendingLimitError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ConfigurationError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.CorpusError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.RecordsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.RecordsUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The status of each kind of error; a kind that is not here has that of the nearest one it is a kind of."""

_log: Final = logging.getLogger(__name__)

_OURS: Final = "The service cannot do this just now; its log says why. Try again later."
"""What went wrong may name files, addresses and accounts."""

_RETRY_AFTER_S: Final = 5
"""What a caller is told to wait where the error itself does not say."""


class DoorError(Exception):
    """A request that the doors themselves refuse.

    Attributes:
        code: stable word for the kind, the end of the problem's ``type``.
        retry_after_s: seconds after which the same request may succeed; None where it will not.
    """

    def __init__(self, status: HTTPStatus, code: str, detail: str, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


def problem_of(error: Exception) -> dict[str, Any]:
    """Return an error as the members of a problem; one that its caller cannot mend is told to the log alone."""
    if not isinstance(error, DoorError) and _is_ours(error):
        _log.error("a request failed", exc_info=error)
    if isinstance(error, DoorError):
        return _problem(error.status, error.code, error.detail, error.retry_after_s)
    if isinstance(error, QuickTakesError):
        status = status_of(error)
        detail = str(error) if status < HTTPStatus.INTERNAL_SERVER_ERROR else _OURS
        return _problem(status, _code_of(error), detail, _retry_after_s(error))
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", _OURS)


def problem_response(problem: Mapping[str, Any]) -> JSONResponse:
    """Return the response that tells a problem."""
    retry_after_s = problem.get("retry_after_s")
    headers = {"X-Problem": problem["type"].rpartition(":")[2]}  # for `api.observing`, which takes it out
    headers |= {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    if problem["status"] == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(problem, problem["status"], headers, "application/problem+json")


def status_of(error: QuickTakesError) -> HTTPStatus:
    """Return the status of an error by its kind."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


Respond: TypeAlias = Callable[[Request, Exception], Response]
"""Gives the response that tells of an error."""


def add_problem_handlers(app: FastAPI, page_of: Callable[[Request, Mapping[str, Any]], Response | None]) -> Respond:
    """Have an app answer every error with a problem; return what answers one that nobody foresaw.

    Args:
        page_of: gives a problem as a page to read; None for who reads it as it is.
    """

    def respond(request: Request, problem: Mapping[str, Any]) -> Response:
        return page_of(request, problem) or problem_response(problem)

    def tell(request: Request, error: Exception) -> Response:
        return respond(request, problem_of(error))

    def tell_fault(request: Request, error: Exception) -> Response:
        response = tell(request, error)
        response.headers.update(SECURITY_HEADERS)  # Starlette answers these outside of all middleware
        return response

    def tell_http(request: Request, error: Exception) -> Response:
        told = cast("HTTPException", error)
        status = HTTPStatus(told.status_code)
        response = respond(request, _problem(status, status.name.lower().replace("_", "-"), str(told.detail)))
        response.headers.update(told.headers or {})
        return response

    def tell_invalid(request: Request, error: Exception) -> Response:
        invalid = cast("RequestValidationError", error).errors()
        wrong = [{"where": list(map(str, one["loc"])), "why": one["msg"]} for one in invalid]
        what = "; ".join(f"{'.'.join(one['where'][1:]) or 'the body'}: {one['why']}" for one in wrong)
        problem = _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", what)
        return respond(request, {**problem, "errors": wrong})

    app.add_exception_handler(QuickTakesError, tell)
    app.add_exception_handler(DoorError, tell)
    app.add_exception_handler(HTTPException, tell_http)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(Exception, tell_fault)
    return tell_fault


def _is_ours(error: Exception) -> bool:
    return not isinstance(error, QuickTakesError) or status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR


def _problem(status: HTTPStatus, code: str, detail: str, retry_after_s: int | None = None) -> dict[str, Any]:
    problem = {"type": f"urn:quicktakes:{code}", "title": status.phrase, "status": int(status), "detail": detail}
    return problem if retry_after_s is None else {**problem, "retry_after_s": retry_after_s}


def _code_of(error: QuickTakesError) -> str:
    """Return the kind of an error in words: ``provider-too-slow`` for `ProviderTooSlowError`."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


def _retry_after_s(error: QuickTakesError) -> int | None:
    if isinstance(error, ProviderRateLimitError) and error.retry_after_s is not None:
        return max(1, round(error.retry_after_s))
    return _RETRY_AFTER_S if error.retryable else None
