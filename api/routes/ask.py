"""Questions and their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse

from api.asking import Asked
from api.people import WITHIN_BUDGET, WITHIN_RATE
from api.problems import DoorError, problem_response
from api.routes.documented import COUNTED, events, problems
from api.runs import Run
from api.schemas import AnswerReply, AskRequest, HistoryTurn
from api.service import Service, ServiceOf
from api.streaming import EventStream, json_reply, result_of
from rag.conversation import Turn, resolve, turn_of
from rag.retrieval import check_question

router = APIRouter(prefix="/api", tags=["ask"])

_EVENTS = "text/event-stream"

_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": AnswerReply,
        "description": "The answer; or, where the caller accepts `text/event-stream`, its events: `status`, "
        "`resolved`, `evidence`, `sentence`, `suggestions`, and last of all one `done` or `error`.",
        "content": events("status", "resolved", "evidence", "sentence", "suggestions", "done", "error"),
    },
    **problems(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.GONE,
        *COUNTED,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.BAD_GATEWAY,
    ),
}


@router.post("/ask", responses=_DOCUMENTED, dependencies=[WITHIN_RATE, WITHIN_BUDGET], response_class=JSONResponse)
async def ask(
    body: AskRequest,
    request: Request,
    service: ServiceOf,
    accept: Annotated[str, Header()] = "",
    last_event_id: Annotated[str, Header(description="Of the last event that came, to go on after it.")] = "",
) -> Response:
    """Answer a question from the entries, whole or as it is written; a stream that was lost is gone on with."""
    run, start = _resumed(service, last_event_id) if last_event_id else (await begin(service, body), 0)
    if _EVENTS in accept:
        return EventStream(run, start)
    last = await result_of(run, request.receive)
    if last.name != "done":
        return problem_response(last.content["problem"])
    return Response(json_reply(last), media_type="application/json")


@router.delete("/ask/{run}", status_code=HTTPStatus.NO_CONTENT, responses=problems(HTTPStatus.GONE))
async def stop(run: str, service: ServiceOf) -> None:
    """Stop an answer that is being written."""
    service.runs.get(run).stop(DoorError(HTTPStatus.GONE, "stopped", "The answer was stopped."))


async def begin(service: Service, body: AskRequest) -> Run:
    """Begin to answer a question; raises `QuestionError`, `NotFoundError` or `DoorError` where it cannot be asked."""
    check_question(body.question)
    history = await _history(service, body)
    asked = Asked(body.question, body.mode, body.level, history, body.exclude)
    given = service.corpus.answers.get(asked)
    if given is not None:
        run = service.runs.give_again(given.events)
        await service.remembering.remember(body.thread_id, given.answer, run.name)
        return run
    record = partial(service.remembering.remember, body.thread_id)
    return service.runs.start(partial(service.corpus.answers.events, asked, record))


async def _history(service: Service, body: AskRequest) -> list[Turn]:
    """Return the turns before a question; raises `NotFoundError` where its thread is not there."""
    if body.thread_id is None:
        return turns_of(body.history)
    if body.history:
        detail = "A question has a thread or a history, not both. Leave one out."
        raise DoorError(HTTPStatus.UNPROCESSABLE_ENTITY, "two-histories", detail)
    return await asyncio.to_thread(service.records.threads.turns, body.thread_id)


def _resumed(service: Service, last_event_id: str) -> tuple[Run, int]:
    name, _, number = last_event_id.rpartition(":")
    if not number.isdecimal():
        detail = "Last-Event-ID is no id that an event had. Ask again without it."
        raise DoorError(HTTPStatus.UNPROCESSABLE_ENTITY, "no-event-id", detail)
    return service.runs.get(name), int(number[:9]) + 1


def turns_of(history: Sequence[HistoryTurn]) -> list[Turn]:
    """Return what was asked and answered before as the turns of a conversation."""
    turns: list[Turn] = []
    for one in history:
        turns.append(turn_of(resolve(one.question, turns), one.answer))
    return turns
