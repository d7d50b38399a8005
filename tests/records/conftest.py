"""Records in SQLite, and in PostgreSQL where a server is named: `make test-postgres`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from made_clock import MadeClock

from rag.records import Records, open_records

POSTGRES = os.environ.get("QUICKTAKES_TEST_POSTGRES_URL")


@pytest.fixture
def clock() -> MadeClock:
    """Return the clock of the records."""
    return MadeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the url of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/records.sqlite3"
        return
    if POSTGRES is None:
        pytest.skip("QUICKTAKES_TEST_POSTGRES_URL names no server; 'make test-postgres' starts one")
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        yield f"{POSTGRES}/{name}"
        server.execute(f"DROP DATABASE {name}".encode())


@pytest.fixture
def records(url: str, clock: MadeClock) -> Iterator[Records]:
    """Give records that are open and empty."""
    with open_records(url, clock) as opened:
        yield opened
