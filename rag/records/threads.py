"""Conversations that are kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from rag.adapters.strict_json import from_json, to_json
from rag.conversation import Turn, turn_from
from rag.errors import NotFoundError
from rag.models import Answer
from rag.records.database import Database
from rag.records.tables import FeedbackRow, ThreadRow, TurnRow
from rag.records.values import KeptTurn, ShownTurn, Thread

_TOKEN_BYTES = 24
"""Of a thread's id, which is all that guards it: 192 bits are guessed by nobody."""


class Threads:
    """Threads by id; each method is one transaction. A thread that is not there is a `NotFoundError`."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def create(self) -> Thread:
        """Begin a thread."""
        thread = Thread(secrets.token_urlsafe(_TOKEN_BYTES), self._clock())
        with self._database.writing() as session:
            session.add(ThreadRow(id=thread.id, created=thread.created, used=thread.created))
        return thread

    def append(self, thread_id: str, answer: Answer, answer_id: str | None = None) -> None:
        """Keep an answer as the last turn of a thread.

        Args:
            answer_id: that feedback will name it by.
        """
        now = self._clock()
        with self._database.writing() as session:
            # The thread's row is locked from here to the end: turns get their numbers in the order they become visible.
            used = update(ThreadRow).where(ThreadRow.id == thread_id).values(used=now).returning(ThreadRow.id)
            if session.scalar(used) is None:
                raise _not_found()
            subjects = turn_from(answer).subjects
            shown = to_json(ShownTurn.of(answer))
            session.add(TurnRow(thread_id=thread_id, answer_id=answer_id, asked=now, shown=shown, subjects=subjects))

    def turns(self, thread_id: str) -> list[Turn]:
        """Return what later questions of a thread look back at, the last turn last: as `turn_from` gave it."""
        return [_turn(from_json(row.shown, ShownTurn), row.subjects) for row in self._rows(thread_id)]

    def shown(self, thread_id: str) -> list[KeptTurn]:
        """Return what shows a thread again, the last turn last."""
        return [KeptTurn(row.answer_id, row.asked, from_json(row.shown, ShownTurn)) for row in self._rows(thread_id)]

    def delete(self, thread_id: str) -> None:
        """Delete a thread with its turns; feedback on them stays, and names them no more."""
        with self._database.writing() as session:
            if not delete_threads(session, ThreadRow.id == thread_id):
                raise _not_found()

    def _rows(self, thread_id: str) -> list[TurnRow]:
        with self._database.reading() as session:
            if session.get(ThreadRow, thread_id) is None:
                raise _not_found()
            of_thread = select(TurnRow).where(TurnRow.thread_id == thread_id).order_by(TurnRow.id)
            return list(session.scalars(of_thread))


def delete_threads(session: Session, which: ColumnElement[bool]) -> int:
    """Delete threads with their turns, and the links from feedback to them; return how many threads there were."""
    answers = select(TurnRow.answer_id).join(ThreadRow, ThreadRow.id == TurnRow.thread_id).where(which)
    session.execute(update(FeedbackRow).where(FeedbackRow.answer_id.in_(answers)).values(answer_id=None))
    return len(session.scalars(delete(ThreadRow).where(which).returning(ThreadRow.id)).all())


def _turn(shown: ShownTurn, subjects: tuple[str, ...]) -> Turn:
    cited = tuple(dict.fromkeys(citation.url for citation in shown.citations))
    return Turn(shown.question, shown.resolved or shown.question, shown.text, subjects, cited, shown.suggestions)


def _not_found() -> NotFoundError:
    return NotFoundError("there is no such thread; it may have been deleted, or was not used for long: begin a new one")
