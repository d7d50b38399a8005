"""OpenAI's protocol, for programs that speak it already."""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from api.asking import Asked
from api.openai.completions import Completion, Form
from api.openai.conversations import read_conversation
from api.openai.door import OpenAIRoute, error_response
from api.openai.errors import ErrorReply
from api.openai.events import as_chunks, completion_events
from api.openai.models import WAYS, ModelList, ModelReply, model_reply
from api.openai.requests import ChatRequest, way_named, way_of
from api.people import WITHIN_BUDGET, WITHIN_RATE
from api.routes.documented import COUNTED, events
from api.service import ServiceOf
from api.streaming import EventStream, result_of
from rag.retrieval import check_question

router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute)


def _errors(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return {int(status): {"model": ErrorReply, "description": status.phrase} for status in statuses}


_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Completion,
        "description": "The completion; or, where `stream` is true, its chunks, and last of all `[DONE]`.",
        "content": events(),
    },
    **_errors(
        HTTPStatus.BAD_REQUEST,
        *COUNTED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.GONE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
}


@router.post(
    "/chat/completions",
    responses=_DOCUMENTED,
    dependencies=[WITHIN_RATE, WITHIN_BUDGET],
    response_class=JSONResponse,
)
async def complete(body: ChatRequest, request: Request, service: ServiceOf) -> Response:
    """Answer the last message of the user from the entries, in the light of those before it.

    System messages are not obeyed, since an answer says nothing but what the entries say; the reply's notices tell it.
    The text ends with its sources; the field `quicktakes` of the message's completion, or of the last chunk that has a
    choice, holds the answer as `/api/ask` gives it. An abstention is a reply that says so. Usage counts the tokens of a
    language model: none, where none took part.
    """
    way = way_of(body)
    conversation = await asyncio.to_thread(read_conversation, body.messages)
    check_question(conversation.question)
    asked = Asked(conversation.question, way.mode, way.level, conversation.history)
    form = Form(body.model, str(request.base_url).rstrip("/"), conversation.notices, body.includes_usage)
    remember = partial(service.remembering.remember, None)
    make = partial(completion_events, service.quicktakes, asked, form, remember)
    run = service.runs.start(make, as_chunks, is_resumed=False)  # its client cannot come back to it
    if body.stream:
        return EventStream(run)
    last = await result_of(run, request.receive)
    return JSONResponse(last.content["completion"]) if last.name == "done" else error_response(last.content["problem"])


@router.get("/models", responses={200: {"model": ModelList}}, response_class=JSONResponse)
async def models() -> JSONResponse:
    """Return the ways of answering, as models."""
    return JSONResponse({"object": "list", "data": list(map(model_reply, WAYS))})


@router.get(
    "/models/{model}",
    responses={200: {"model": ModelReply}, **_errors(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)},
    response_class=JSONResponse,
)
async def model(model: Annotated[str, Path(json_schema_extra={"enum": list(WAYS)})]) -> JSONResponse:
    """Return one way of answering, as a model."""
    way_named(model)
    return JSONResponse(model_reply(model))
