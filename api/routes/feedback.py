"""What readers think of answers."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from api.people import WITHIN_RATE
from api.routes.documented import COUNTED, problems
from api.schemas.remembered import FeedbackRequest
from api.service import ServiceOf

router = APIRouter(prefix="/api", tags=["feedback"], dependencies=[WITHIN_RATE])


@router.post(
    "/feedback",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(*COUNTED, HTTPStatus.SERVICE_UNAVAILABLE),
)
def add(body: FeedbackRequest, service: ServiceOf) -> None:
    """Keep what a reader thinks of an answer, for editors to see."""
    service.records.feedback.add(
        body.rating,
        answer_id=body.answer_id,
        reason=body.reason,
        comment=body.comment,
        question=body.question,
        cited=body.cited,
    )
