"""Whether the service lives, and whether it can answer."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.schemas.replies import HealthReply
from api.service import ServiceOf

router = APIRouter(tags=["health"])


@router.get("/livez", responses={200: {"model": HealthReply}}, response_class=JSONResponse)
async def livez() -> JSONResponse:
    """Say that the process answers at all."""
    return JSONResponse({"status": "alive", "generation": None, "newest": None})


@router.get(
    "/readyz", responses={200: {"model": HealthReply}, 503: {"model": HealthReply}}, response_class=JSONResponse
)
async def readyz(service: ServiceOf) -> JSONResponse:
    """Say whether questions are answered from the index that is in use on disk."""
    corpus = service.corpus
    newest = corpus.newest()
    is_ready = newest is not None and newest == corpus.generation
    reply = {"status": "ready" if is_ready else "behind", "generation": corpus.generation, "newest": newest}
    return JSONResponse(reply, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)
