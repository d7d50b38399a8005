"""The tables, as the migrations make them; a test compares the two."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import DateTime, Dialect, ForeignKey, Index, Text, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL stores no zero byte, and half a surrogate pair has no bytes in UTF-8."""


class Words(TypeDecorator[str]):
    """Text that somebody typed; what no database stores becomes a replacement character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 SQLAlchemy's method
        """Return text that can be stored."""
        return None if value is None else _UNSTORABLE.sub("\ufffd", value)


class Strings(TypeDecorator[tuple[str, ...]]):
    """Several strings, as JSON in ASCII: exactly as they were, whatever they hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 SQLAlchemy's method
        """Return the strings as they are stored."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 SQLAlchemy's method
        """Return the strings as they were given."""
        return None if value is None else tuple(json.loads(value))


class Moment(TypeDecorator[datetime]):
    """A time with its zone, in UTC: SQLite keeps none, PostgreSQL gives the server's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 SQLAlchemy's method
        """Return the time in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Row(DeclarativeBase):
    """A row of a table."""

    type_annotation_map = {str: Words, datetime: Moment, tuple[str, ...]: Strings}  # noqa: RUF012 SQLAlchemy's attribute


class ThreadRow(Row):
    """A thread; `used` is when it was last asked in."""

    __tablename__ = "threads"

    id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime]
    used: Mapped[datetime] = mapped_column(index=True)


class TurnRow(Row):
    """A turn of a thread, in the order of ids; `shown` is a `ShownTurn` as JSON."""

    __tablename__ = "turns"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[str | None] = mapped_column(index=True)
    asked: Mapped[datetime]
    shown: Mapped[str]
    subjects: Mapped[tuple[str, ...]]


class QuestionRow(Row):
    """A question that was not surely answered."""

    __tablename__ = "questions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[datetime] = mapped_column(index=True)
    question: Mapped[str]
    resolved: Mapped[str | None]
    status: Mapped[str]
    rung: Mapped[str]
    score: Mapped[float | None]
    nearest: Mapped[tuple[str, ...]]


class FeedbackRow(Row):
    """What a reader thinks of an answer."""

    __tablename__ = "feedback"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    given: Mapped[datetime] = mapped_column(index=True)
    rating: Mapped[str]
    reason: Mapped[str | None]
    comment: Mapped[str | None]
    question: Mapped[str | None]
    answer_id: Mapped[str | None] = mapped_column(index=True)
    cited: Mapped[tuple[str, ...]]


class KeyRow(Row):
    """An API key; of those in use no two have the same name."""

    __tablename__ = "keys"
    __table_args__ = (
        Index(
            "ix_keys_name_in_use",
            "name",
            unique=True,
            sqlite_where=text("revoked IS NULL"),
            postgresql_where=text("revoked IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    scope: Mapped[str]
    created: Mapped[datetime]
    last_used: Mapped[date | None]
    revoked: Mapped[datetime | None]


class SignInRow(Row):
    """A browser that showed a key, by the hash of its cookie."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("keys.id", ondelete="CASCADE"), index=True)
    expires: Mapped[datetime] = mapped_column(index=True)
