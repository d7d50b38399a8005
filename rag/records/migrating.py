"""The database brought in step with the tables, once, however many workers start."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from rag.errors import RecordsError
from rag.records.database import Database

_LOCK: Final = 0x71746B73
"""Of PostgreSQL's advisory locks, "qtks": held by whoever changes the tables."""

_PATIENCE_S: Final = 60
"""For another worker that changes the tables at PostgreSQL."""

_one_at_a_time: Final = threading.Lock()
"""Alembic keeps what it is working on in global variables."""


def migrate(database: Database) -> None:
    """Bring a database in step with the tables; an empty one gets them.

    Raises:
        RecordsError: it was written by a newer release, or cannot be used.
        RecordsUnavailableError: it cannot be used now.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with database.connected(writes=False) as connection:
        if _is_in_step(connection, script, database.name):
            return
    with _one_at_a_time, database.connected(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")  # nothing, where another worker was first


def _is_in_step(connection: Connection, script: ScriptDirectory, name: str) -> bool:
    known = {revision.revision for revision in script.walk_revisions()}
    made_by = MigrationContext.configure(connection).get_current_heads()
    if not known.issuperset(made_by):
        raise RecordsError(
            f"the records at {name} were written by a newer release (their tables are {', '.join(made_by)}); "
            "install that release, or name another database with QUICKTAKES_DATABASE_URL"
        )
    return set(made_by) == set(script.get_heads())
