"""What readers think of answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select

from rag.records.database import Database
from rag.records.tables import FeedbackRow
from rag.records.values import Feedback, Rating


class FeedbackLog:
    """Feedback, in the order given; each method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(  # noqa: PLR0913 as many as a reader may say
        self,
        rating: Rating,
        *,
        answer_id: str | None,
        reason: str | None = None,
        comment: str | None = None,
        question: str | None = None,
        cited: Sequence[str] = (),
    ) -> int:
        """Keep feedback on an answer, and return its number; see `Feedback`."""
        row = FeedbackRow(
            given=self._clock(),
            rating=rating,
            reason=reason,
            comment=comment,
            question=question,
            answer_id=answer_id,
            cited=tuple(cited),
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            return row.id

    def since(self, moment: datetime, *, limit: int) -> list[Feedback]:
        """Return the feedback given at or after a moment, the newest first."""
        newest = select(FeedbackRow).where(FeedbackRow.given >= moment).order_by(FeedbackRow.id.desc()).limit(limit)
        with self._database.reading() as session:
            return [_feedback(row) for row in session.scalars(newest)]


def _feedback(row: FeedbackRow) -> Feedback:
    return Feedback(
        id=row.id,
        given=row.given,
        rating=cast("Rating", row.rating),
        reason=row.reason,
        comment=row.comment,
        question=row.question,
        answer_id=row.answer_id,
        cited=row.cited,
    )
