"""Conversations that are kept."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from api.people import WITHIN_RATE
from api.routes.documented import COUNTED, problems
from api.schemas.remembered import ThreadReply, TurnsReply
from api.service import ServiceOf
from rag.records import KeptTurn

router = APIRouter(prefix="/api/threads", tags=["threads"], dependencies=[WITHIN_RATE])

ThreadId = Annotated[str, Path(max_length=100, description="As it was given; whoever has it may read the thread.")]

_ALWAYS = (*COUNTED, HTTPStatus.SERVICE_UNAVAILABLE)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses={201: {"model": ThreadReply}, **problems(*_ALWAYS)},
    response_class=JSONResponse,
)
def create(service: ServiceOf) -> JSONResponse:
    """Begin a thread: questions asked with its `id` are answered in the light of those before."""
    thread = service.records.threads.create()
    return JSONResponse({"id": thread.id, "created": thread.created.isoformat()}, HTTPStatus.CREATED)


@router.get(
    "/{thread_id}",
    responses={200: {"model": TurnsReply}, **problems(HTTPStatus.NOT_FOUND, *_ALWAYS)},
    response_class=JSONResponse,
)
def read(thread_id: ThreadId, service: ServiceOf) -> JSONResponse:
    """Return what was asked and answered in a thread, the last turn last."""
    turns = service.records.threads.shown(thread_id)
    headers = {"Cache-Control": "no-store"}  # a computer at school has many users
    return JSONResponse({"id": thread_id, "turns": [_turn_to_json(turn) for turn in turns]}, headers=headers)


@router.delete(
    "/{thread_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(HTTPStatus.NOT_FOUND, *_ALWAYS),
)
def delete(thread_id: ThreadId, service: ServiceOf) -> None:
    """Delete a thread for good; feedback on its answers stays, and names them no more."""
    service.records.threads.delete(thread_id)


def _turn_to_json(turn: KeptTurn) -> dict[str, Any]:
    return {"answer_id": turn.answer_id, "asked": turn.asked.isoformat(), **asdict(turn.shown)}
