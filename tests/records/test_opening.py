"""Records open where they can be used, and say what is wrong where they cannot."""

from __future__ import annotations

import re
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from every_row import every_row
from kept_answers import make_answer
from sqlalchemy import create_engine, text

from rag.errors import ConfigurationError, RecordsError, RecordsUnavailableError
from rag.records import database as database_module
from rag.records import open_records
from rag.records.tables import Row

OPEN = """
import sys
from rag.records import open_records
with open_records(sys.argv[1]) as records:
    print(records.threads.create().id)
"""


def open_and_close(url: str) -> None:
    """Open records, which may fail."""
    with open_records(url):
        pass


def test_the_migrations_make_the_tables(url: str) -> None:
    """Alembic finds no difference between an empty database brought up by the migrations and the tables in the code."""
    open_and_close(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Row.metadata) == []
    engine.dispose()


def test_several_processes_open_an_empty_database_at_once(url: str) -> None:
    """Four workers that start together all open the records, and each keeps its thread."""
    command = [sys.executable, "-c", OPEN, url]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]  # noqa: S603 our own words
    ids = {worker.communicate(timeout=60)[0].strip() for worker in workers}
    assert [worker.returncode for worker in workers] == [0] * 4
    assert len(ids) == 4
    rows = every_row(url)
    assert all(one in rows for one in ids)


def test_records_outlive_their_process(url: str) -> None:
    """What was kept is there when the records are opened again."""
    with open_records(url) as records:
        thread = records.threads.create()
        records.threads.append(thread.id, make_answer())
        _, secret = records.keys.create("reading room", "ask")
    with open_records(url) as records:
        assert len(records.threads.turns(thread.id)) == 1
        assert records.keys.find(secret) is not None


def test_what_a_newer_release_wrote_is_refused(url: str) -> None:
    """A database whose tables are of a later step is not touched, and the operator is told."""
    open_and_close(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    engine.dispose()
    with pytest.raises(RecordsError, match=r"newer release .*r9999"):
        open_and_close(url)
    assert "r9999" in every_row(url)


def test_another_applications_tables_are_not_touched(url: str) -> None:
    """A database that has a table of one of our names already is refused, and gets none of the others."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE keys (own TEXT)"))
        connection.execute(text("INSERT INTO keys VALUES ('theirs')"))
    engine.dispose()
    with pytest.raises(RecordsError, match="already exists"):
        open_and_close(url)
    assert every_row(url) == "('keys', 'theirs')"


def damaged_head(file: Path) -> None:
    """Make a file that is no database."""
    file.write_bytes(b"not a database" * 1000)


def damaged_middle(file: Path) -> None:
    """Make a database whose pages are lost."""
    open_and_close(f"sqlite:///{file}")
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\xaa" * (len(whole) - 100))


def a_folder(file: Path) -> None:
    """Make a folder of that name."""
    file.mkdir()


@pytest.mark.parametrize("spoil", [damaged_head, damaged_middle, a_folder])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """A damaged file, or a folder, is an error that names it and says what to do, and no later call can mend it."""
    file = tmp_path / "records.sqlite3"
    spoil(file)
    with pytest.raises(RecordsError, match=r"records\.sqlite3 cannot be used: .*backup") as caught:
        open_and_close(f"sqlite:///{file}")
    assert not caught.value.retryable


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    """Records are not made in a folder that is not there."""
    with pytest.raises(RecordsError, match="unable to open"):
        open_and_close(f"sqlite:///{tmp_path}/none/r.sqlite3")


def test_a_locked_file_is_told_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process keeps the file locked, a write gives up in time, and may be tried again; reads go on."""
    monkeypatch.setattr(database_module, "PATIENCE_S", 0.2)
    file = tmp_path / "records.sqlite3"
    with open_records(f"sqlite:///{file}") as records:
        thread = records.threads.create()
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(RecordsUnavailableError, match="cannot be used now: database is locked") as caught:
            records.threads.create()
        assert time.monotonic() - started < 3
        assert caught.value.retryable
        assert records.threads.turns(thread.id) == []
        with open_records(f"sqlite:///{file}") as again:
            assert again.threads.turns(thread.id) == []
        other.close()
        records.threads.create()


def test_only_the_operator_reads_the_file(tmp_path: Path) -> None:
    """The file, and SQLite's own beside it, are readable by whoever runs the service, and by nobody else."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite3") as records:
        records.threads.create()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes) == {"records.sqlite3", "records.sqlite3-wal", "records.sqlite3-shm"}
    assert set(modes.values()) == {0o600}


def test_what_was_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    """No byte of a deleted thread's text is in the file, once the records are closed."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite3") as records:
        thread = records.threads.create()
        records.threads.append(thread.id, make_answer("Is this private?"))
    assert b"Is this private?" in (tmp_path / "records.sqlite3").read_bytes()
    with open_records(f"sqlite:///{tmp_path}/records.sqlite3") as records:
        records.threads.delete(thread.id)
    assert b"Is this private?" not in (tmp_path / "records.sqlite3").read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["records.sqlite3"]


@pytest.mark.parametrize(
    "url",
    ["", "records.sqlite3", "sqlite://", "sqlite:///:memory:", "mysql://me:secret@host/db", "postgresql://h:x/db"],
)
def test_a_url_of_something_else_is_refused(url: str) -> None:
    """What is no url, does not last or is no database that we know is told with the forms that are, and no password."""
    with pytest.raises(
        ConfigurationError, match=r"QUICKTAKES_DATABASE_URL .*sqlite:///file\.sqlite3 or post"
    ) as caught:
        open_and_close(url)
    assert "secret" not in str(caught.value)


def test_postgresql_without_its_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra to install is named."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"quicktakes-rag\[postgres\]"):
        open_and_close("postgresql://h/db")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Give a port of this machine that takes connections and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_server_that_does_not_answer_is_told_in_time(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is silent is given up, and the error has its address and no password."""
    monkeypatch.setattr(database_module, "PATIENCE_S", 2)  # the least that libpq knows
    url = f"postgresql://me:secret@127.0.0.1:{silent_port}/records?sslpassword=secret"
    with pytest.raises(RecordsUnavailableError, match=f"me:\\*\\*\\*@127.0.0.1:{silent_port}/records") as caught:
        open_and_close(url)
    assert "secret" not in str(caught.value)
    assert caught.value.retryable


def test_a_lock_at_a_server_is_waited_for_in_time(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At PostgreSQL, too, a write that waits for a lock gives up, and may be tried again."""
    if url.startswith("sqlite"):
        pytest.skip("of SQLite another test")
    monkeypatch.setattr(database_module, "PATIENCE_S", 1)
    with open_records(url) as records, psycopg.connect(url) as other:
        thread = records.threads.create()
        other.execute("LOCK TABLE threads")
        with pytest.raises(RecordsUnavailableError, match="lock timeout"):
            records.threads.append(thread.id, make_answer())
        other.rollback()
        records.threads.append(thread.id, make_answer())


def test_no_type_of_a_vendors_leaves_the_room(url: str) -> None:
    """What the records give is made of our own types alone."""
    with open_records(url) as records:
        thread = records.threads.create()
        records.threads.append(thread.id, make_answer())
        records.questions.add([make_answer(status="abstained")])
        given = [thread, *records.threads.shown(thread.id), records.keys.create("a", "ask"), records.forget(9)]
        given += records.questions.since(thread.created, limit=9)
        assert not re.search("sqlalchemy", repr([(type(one), one) for one in given]))
