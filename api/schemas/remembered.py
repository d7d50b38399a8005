"""What the doors take and give of what the service remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.requests import Question, Request, Url
from rag.records import Rating, ShownTurn

_MOST_CITED = 20

Reason = Literal["wrong", "incomplete", "unclear", "off_topic", "other"]
"""What may be the matter with an answer: what it says, what it lacks, how it says it, or what it is about."""


class FeedbackRequest(Request):
    """What a reader thinks of an answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answer_id": "pY5", "rating": "down", "reason": "unclear"}]}
    )

    answer_id: Annotated[str, Field(min_length=1, max_length=100, description="That the answer came with.")]
    rating: Rating
    reason: Reason | None = None
    comment: Annotated[str | None, Field(max_length=2_000)] = None
    question: Question | None = None
    cited: Annotated[tuple[Url, ...], Field(max_length=_MOST_CITED, description="Entries that the answer cites.")] = ()


class ThreadReply(BaseModel):
    """A new thread; who has its `id` may read it, go on with it and delete it."""

    id: str
    created: str


@dataclass(frozen=True, slots=True)
class TurnReply(ShownTurn):
    """A question of a thread and its answer, as it was; `answer_id` names it in feedback."""

    answer_id: str | None
    asked: str


class TurnsReply(BaseModel):
    """A thread."""

    id: str
    turns: list[TurnReply]
