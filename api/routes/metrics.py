"""Figures for an operator's monitoring."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from api.service import ServiceOf

router = APIRouter(tags=["health"])

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""


@router.get("/metrics", response_class=Response, responses={200: {"content": {_TEXT: {"schema": {"type": "string"}}}}})
def metrics(service: ServiceOf) -> Response:
    """Return what was counted and timed, of all processes of the service."""
    return Response(service.metrics.render(), media_type=_TEXT)
