"""The database of the records: SQLite in a file, or a PostgreSQL server."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from rag.errors import ConfigurationError, RecordsError, RecordsUnavailableError

PATIENCE_S: Final = 5
"""What a reader waits at most for a lock, a free connection or a server: each write takes milliseconds."""

_MOST_S: Final = 10
"""Of any one statement at PostgreSQL."""

_FORMS: Final = "sqlite:///file.sqlite3 or postgresql://user:password@host/database"
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY_CODE: Final = 0xFF
"""Bits of SQLite's code of an error without its details."""


class Database:
    """Transactions, each in a session of its own; may be used from several threads.

    Args:
        url: of `_FORMS`.

    Attributes:
        name: the url, without password.

    Raises:
        ConfigurationError: it is of no such form, or a package is missing.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.name = parsed.set(query={}).render_as_string(hide_password=True)  # a query may hold a password too
        if parsed.get_backend_name() == "sqlite":
            self._reading = _open_sqlite(parsed)
        else:
            self._reading = _open_postgres(parsed)
        self._writing = self._reading.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Generator[Session]:
        """Give a session that sees one state of the database, and changes nothing.

        Raises:
            RecordsError: the database cannot be used.
            RecordsUnavailableError: it cannot be used now.
        """
        with self._translating(), Session(self._reading) as session:
            yield session

    @contextmanager
    def writing(self) -> Generator[Session]:
        """Give a session whose changes are kept together, unless an exception leaves it; raises as `reading`."""
        with self._translating(), Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def connected(self, *, writes: bool) -> Generator[Connection]:
        """Give a connection in a transaction, for what is no work on rows; raises as `reading`."""
        with self._translating(), (self._writing if writes else self._reading).begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self._reading.dispose()

    @contextmanager
    def _translating(self) -> Generator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            # never the whole error: it shows the values of the statement, which are what students typed
            reason = str(error.orig).strip() if isinstance(error, DBAPIError) else type(error).__name__
            if _is_passing(error):
                raise RecordsUnavailableError(f"the records at {self.name} cannot be used now: {reason}") from error
            raise RecordsError(
                f"the records at {self.name} cannot be used: {reason}; mend the database, put a backup of it back, "
                "or name another with QUICKTAKES_DATABASE_URL"
            ) from error


def _is_passing(error: SQLAlchemyError) -> bool:
    """Return whether the same call may succeed later: a lock, a full pool, a server that is away or slow."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & _PRIMARY_CODE in _BUSY
    return isinstance(error, (OperationalError, InterfaceError, NoFreeConnectionError))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # not shown: it may hold a password
        raise ConfigurationError(f"QUICKTAKES_DATABASE_URL is no url of a database; set it to {_FORMS}") from error
    if parsed.drivername == "sqlite" and parsed.database and not parsed.database.startswith((":memory:", "file:")):
        return parsed
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigurationError(
        f"QUICKTAKES_DATABASE_URL begins with {parsed.drivername}: and no file or server that lasts; set it to {_FORMS}"
    )


def _open_sqlite(url: URL) -> Engine:
    with suppress(OSError):  # where there is one already; what cannot be made is told when it is opened
        os.close(os.open(Path(url.database or ""), os.O_CREAT | os.O_EXCL, 0o600))  # what students ask is theirs
    engine = create_engine(url, connect_args={"timeout": PATIENCE_S}, pool_timeout=PATIENCE_S, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"no connection of SQLite's: {type(connection)}")
    connection.isolation_level = None  # the driver begins no transactions: `_begin` does, before the first read too
    connection.execute("PRAGMA journal_mode=WAL")  # readers wait for no writer
    connection.execute("PRAGMA synchronous=NORMAL")  # a loss of power may take the last rows, never the file
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten


def _begin(connection: Connection) -> None:
    """Begin a transaction; one that writes waits for its turn here, not half way, where SQLite gives up at once."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgres(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            connect_args={"connect_timeout": PATIENCE_S, "tcp_user_timeout": _MOST_S * 1000},
            pool_pre_ping=True,
            pool_timeout=PATIENCE_S,
            hide_parameters=True,
        )
    except ImportError as error:
        raise ConfigurationError(
            "QUICKTAKES_DATABASE_URL names PostgreSQL, which needs the package psycopg: "
            "install quicktakes-rag[postgres]"
        ) from error
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # by statements, not as options of the connection: a pooler in between refuses those
    cursor = connection.cursor()
    cursor.execute(f"SET statement_timeout = '{_MOST_S}s'")
    cursor.execute(f"SET lock_timeout = '{PATIENCE_S}s'")
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{_MOST_S}s'")
    cursor.close()
    connection.commit()
