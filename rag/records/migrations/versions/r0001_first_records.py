"""Threads, questions, feedback, keys and who signed in with them."""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    _make_threads()
    _make_questions()
    _make_feedback()
    _make_keys()


def _make_threads() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Text(), primary_key=True),
        _moment("created"),
        _moment("used"),
    )
    op.create_index("ix_threads_used", "threads", ["used"])
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("thread_id", sa.Text(), sa.ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
        sa.Column("answer_id", sa.Text()),
        _moment("asked"),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_thread_id", "turns", ["thread_id"])
    op.create_index("ix_turns_answer_id", "turns", ["answer_id"])


def _make_questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), primary_key=True),
        _moment("asked"),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("nearest", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_questions_asked", "questions", ["asked"])


def _make_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), primary_key=True),
        _moment("given"),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("question", sa.Text()),
        sa.Column("answer_id", sa.Text()),
        sa.Column("cited", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_given", "feedback", ["given"])
    op.create_index("ix_feedback_answer_id", "feedback", ["answer_id"])


def _make_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False, unique=True),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        _moment("created"),
        sa.Column("last_used", sa.Date()),
        sa.Column("revoked", sa.DateTime(timezone=True)),
    )
    in_use = sa.text("revoked IS NULL")
    op.create_index("ix_keys_name_in_use", "keys", ["name"], unique=True, sqlite_where=in_use, postgresql_where=in_use)
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("key_id", sa.Integer(), sa.ForeignKey("keys.id", ondelete="CASCADE"), nullable=False),
        _moment("expires"),
    )
    op.create_index("ix_sign_ins_key_id", "sign_ins", ["key_id"])
    op.create_index("ix_sign_ins_expires", "sign_ins", ["expires"])


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
