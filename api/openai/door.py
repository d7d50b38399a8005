"""Errors at the doors that OpenAI's clients use, told as they read them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.openai.errors import RefusedRequestError, error_reply
from api.openai.events import error_of, openai_status
from api.problems import DoorError, problem_of
from rag.errors import QuickTakesError


class OpenAIRoute(APIRoute):
    """A route whose errors are OpenAI's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what handles a request."""
        handle = super().get_route_handler()

        async def handle_in_manner(request: Request) -> Response:
            try:
                return await handle(request)
            except RefusedRequestError as error:
                return JSONResponse(error_reply(error.status, str(error), error.param, error.code), error.status)
            except RequestValidationError as error:
                return _invalid(error)
            except HTTPException as error:  # FastAPI's, of a body that is no text
                return JSONResponse(error_reply(error.status_code, str(error.detail)), error.status_code, error.headers)
            except (DoorError, QuickTakesError) as error:
                return error_response(problem_of(error))

        return handle_in_manner


def error_response(problem: Mapping[str, Any]) -> JSONResponse:
    """Return the response that tells a problem."""
    retry_after_s = problem.get("retry_after_s")
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return JSONResponse(error_of(problem), openai_status(problem), headers)


def _invalid(error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    is_json = first["type"] != "json_invalid"
    # Of a value that may be text or a list, pydantic tells what it was read as: no part of the request is called so.
    place = [part for part in first["loc"][1:] if is_json and part != "str" and not str(part).startswith("list[")]
    param = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    message = f"{param or 'the body'}: {first['msg']}"
    return JSONResponse(error_reply(400, message, param or None, "invalid_value"), 400)
