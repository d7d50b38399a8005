"""The records, open."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from rag.records.database import Database
from rag.records.feedback import FeedbackLog
from rag.records.keys import Keys
from rag.records.migrating import migrate
from rag.records.questions import Questions
from rag.records.sign_ins import SignIns
from rag.records.tables import FeedbackRow, QuestionRow, ThreadRow
from rag.records.threads import Threads, delete_threads
from rag.records.values import Forgotten


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Records:
    """What the service remembers; may be used from several threads, never on an event loop: it waits for a disk.

    Attributes:
        clock: the time, with its zone.
    """

    threads: Threads
    questions: Questions
    feedback: FeedbackLog
    keys: Keys
    sign_ins: SignIns
    database: Database
    clock: Callable[[], datetime]

    def forget(self, older_than_days: int) -> Forgotten:
        """Delete threads that nobody asked in, and questions and feedback given, before so many days; 0 keeps all.

        Raises:
            RecordsError: the database cannot be used.
            RecordsUnavailableError: it cannot be used now.
        """
        if older_than_days == 0:
            return Forgotten(0, 0, 0)
        limit = self.clock() - timedelta(days=older_than_days)
        with self.database.writing() as session:
            threads = delete_threads(session, ThreadRow.used < limit)
            questions = session.scalars(delete(QuestionRow).where(QuestionRow.asked < limit).returning(QuestionRow.id))
            feedback = session.scalars(delete(FeedbackRow).where(FeedbackRow.given < limit).returning(FeedbackRow.id))
            return Forgotten(threads, len(questions.all()), len(feedback.all()))


@contextmanager
def open_records(url: str, clock: Callable[[], datetime] = _now) -> Generator[Records]:
    """Open the records at a url, ``sqlite:///file`` or ``postgresql://...``; an empty database gets its tables.

    Any number of processes may open the same records, also for the first time and at once.

    Raises:
        ConfigurationError: the url cannot be used, or a package that it needs is missing.
        RecordsError: the database is damaged, or was written by a newer release.
        RecordsUnavailableError: it is locked, or its server cannot be reached.
    """
    database = Database(url)
    try:
        migrate(database)
        yield Records(
            Threads(database, clock),
            Questions(database, clock),
            FeedbackLog(database, clock),
            Keys(database, clock),
            SignIns(database, clock),
            database,
            clock,
        )
    finally:
        database.close()
