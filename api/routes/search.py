"""Entries found by a question, and questions found by what is typed of them."""

from __future__ import annotations

import time
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.people import WITHIN_RATE
from api.routes.documented import COUNTED, problems
from api.schemas import SearchReply
from api.schemas.replies import TitlesReply
from api.service import ServiceOf
from rag.retrieval import MOST_CHARACTERS
from rag.wire import search_to_json

router = APIRouter(prefix="/api", tags=["search"])


@router.get(
    "/search",
    responses={
        200: {"model": SearchReply},
        **problems(*COUNTED, HTTPStatus.SERVICE_UNAVAILABLE),
    },
    dependencies=[WITHIN_RATE],
    response_class=JSONResponse,
)
async def search(
    service: ServiceOf,
    q: Annotated[
        str, Query(max_length=MOST_CHARACTERS, description="A question.", examples=["what do mitocondria do"])
    ],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    explain: Annotated[bool, Query(description="Say how the question was read, and what each signal gave.")] = False,
) -> JSONResponse:
    """Find the entries that answer a question, best first."""
    started = time.perf_counter()
    found = await service.searches.search(service.quicktakes, q, limit)
    elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
    return JSONResponse(search_to_json(found, {"total": elapsed_ms}, explain=explain))


@router.get("/suggest", responses={200: {"model": TitlesReply}, **problems()}, response_class=JSONResponse)
async def suggest(
    service: ServiceOf,
    q: Annotated[str, Query(max_length=200, description="What was typed so far.")],
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> JSONResponse:
    """Return questions that entries answer and that hold what was typed."""
    found = service.library.complete(q, limit)
    return JSONResponse({"entries": [asdict(title) for title in found], "total": len(found)})
