"""Questions that the corpus does not surely answer: where its gaps are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, cast

from sqlalchemy import select

from rag.conversation.small_talk import small_talk
from rag.models import Answer, Rung, Status
from rag.records.database import Database
from rag.records.tables import QuestionRow
from rag.records.values import LoggedQuestion

SURE: Final = 0.7
"""Probability that the best entry is the right one, from which an answer is not logged: below it more than three in ten
are wrong (the score is calibrated: `docs/retrieval.md`), which is worth an editor's look."""

_NEAREST: Final = 5
"""Entries named for a question: an editor looks at the first few."""


class Questions:
    """The log of questions; each method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def add(self, answers: Iterable[Answer]) -> list[int]:
        """Log the questions of those answers that are telling (see `is_telling`), and return their numbers."""
        rows = [self._row(answer) for answer in answers if is_telling(answer)]
        if not rows:
            return []
        with self._database.writing() as session:
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def _row(self, answer: Answer) -> QuestionRow:
        near = (*(one.url for one in answer.evidence), *(one.url for one in answer.suggestions))
        return QuestionRow(
            asked=self._clock(),
            question=answer.question,
            resolved=answer.resolved,
            status=answer.status,
            rung=answer.rung,
            score=_score(answer),
            nearest=tuple(dict.fromkeys(near))[:_NEAREST],
        )

    def since(self, moment: datetime, *, limit: int) -> list[LoggedQuestion]:
        """Return the questions asked at or after a moment, the newest first."""
        newest = select(QuestionRow).where(QuestionRow.asked >= moment).order_by(QuestionRow.id.desc()).limit(limit)
        with self._database.reading() as session:
            return [_logged(row) for row in session.scalars(newest)]


def is_telling(answer: Answer) -> bool:
    """Return whether the log takes the question of an answer: it was not surely answered, and is no small talk."""
    score = _score(answer)
    is_sure = answer.status == "answered" and (score is None or score >= SURE)
    return not is_sure and small_talk(answer.question) is None


def _score(answer: Answer) -> float | None:
    return max((evidence.score for evidence in answer.evidence), default=None)


def _logged(row: QuestionRow) -> LoggedQuestion:
    return LoggedQuestion(
        id=row.id,
        asked=row.asked,
        question=row.question,
        resolved=row.resolved,
        status=cast("Status", row.status),
        rung=cast("Rung", row.rung),
        score=row.score,
        nearest=row.nearest,
    )
