"""A student's own answers, and questions to students."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.people import WITHIN_BUDGET, WITHIN_RATE
from api.rendering import prose_html
from api.routes.documented import COUNTED, problems
from api.schemas import CheckReply, CheckRequest, QuizReply
from api.service import ServiceOf
from rag.wire import check_to_json, quiz_to_json

router = APIRouter(prefix="/api", tags=["learn"], dependencies=[WITHIN_RATE])

_FAILURES: dict[int | str, dict[str, Any]] = problems(HTTPStatus.NOT_FOUND, *COUNTED, HTTPStatus.SERVICE_UNAVAILABLE)


@router.post(
    "/check",
    responses={200: {"model": CheckReply}, **_FAILURES},
    dependencies=[WITHIN_BUDGET],
    response_class=JSONResponse,
)
def check(body: CheckRequest, service: ServiceOf) -> JSONResponse:
    """Check a student's answer against the entry that answers: what is right, missing and wrong, each cited."""
    checked = service.quicktakes.check(body.question, body.answer)
    facts = [{**asdict(fact), "html": prose_html(fact.text)} for fact in checked.facts]
    return JSONResponse({**check_to_json(checked), "facts": facts})


@router.get("/quiz", responses={200: {"model": QuizReply}, **_FAILURES}, response_class=JSONResponse)
def quiz(
    service: ServiceOf,
    topic: Annotated[str | None, Query(max_length=500, description="What it is to be about.")] = None,
    seed: Annotated[int | None, Query(ge=0, le=2**31, description="The same seed asks the same question.")] = None,
) -> JSONResponse:
    """Ask a student a question that an entry answers; his answer goes to `/api/check`."""
    return JSONResponse(quiz_to_json(service.quicktakes.quiz(topic, seed=seed)))
