"""``quicktakes keys``: made, listed, revoked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.records import open_records

Run = Callable[..., Any]


def test_a_key_is_made_listed_and_revoked(run: Run, tmp_path: Path) -> None:
    """The secret alone is on standard output, once; the list has the key by its prefix, and says when it is revoked."""
    made = run("keys", "create", "reading room", "--scope", "edit")
    assert made.code == 0
    secret = made.out.strip()
    assert secret.startswith("qt_")
    assert "cannot be shown again" in made.err
    with open_records(f"sqlite:///{tmp_path}/quicktakes-records.sqlite3") as records:
        key = records.keys.find(secret)
    assert key is not None
    listed = run("keys", "list").out
    assert key.prefix in listed
    assert "reading room" in listed
    assert secret not in listed
    assert run("keys", "revoke", key.prefix).out == f"Key 'reading room' ({key.prefix}) is revoked.\n"
    again = run("keys", "revoke", "reading room")
    assert again.code == 1
    assert again.err.startswith("error: no key in use is called 'reading room'")


def test_keys_as_json(run: Run) -> None:
    """With --json each command writes the key, and only `create` its secret."""
    (made,) = run("keys", "create", "reading room", "--json").lines
    secret = made.pop("secret")
    assert secret.startswith(f"{made['prefix']}_")
    assert (made["name"], made["scope"], made["last_used"], made["revoked"]) == ("reading room", "ask", None, None)
    assert run("keys", "list", "--json").lines == [[made]]
    (revoked,) = run("keys", "revoke", "reading room", "--json").lines
    assert revoked.pop("revoked") > made["created"]
    made.pop("revoked")
    assert revoked == made


def test_a_name_may_hold_brackets(run: Run) -> None:
    """A name is shown as it is, whatever it holds."""
    run("keys", "create", "[red]x[/red]")
    assert "[red]x[/red]" in run("keys", "list").out


def test_records_are_where_the_environment_says(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """QUICKTAKES_DATABASE_URL names the database; one that cannot be is an error of one line."""
    monkeypatch.setenv("QUICKTAKES_DATABASE_URL", f"sqlite:///{tmp_path}/own.sqlite3")
    assert run("keys", "create", "a").code == 0
    assert (tmp_path / "own.sqlite3").is_file()
    monkeypatch.setenv("QUICKTAKES_DATABASE_URL", "mysql://me:secret@host/db")
    refused = run("keys", "list")
    assert refused.code == 1
    assert refused.err.count("\n") == 1
    assert "secret" not in refused.err


@pytest.mark.parametrize("days", ["-1", "a week", "1.5", "36501"])
def test_retention_is_a_number_of_days(run: Run, monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    """QUICKTAKES_RETENTION_DAYS holds whole days; anything else is told before a command does anything."""
    monkeypatch.setenv("QUICKTAKES_RETENTION_DAYS", days)
    refused = run("keys", "list")
    assert refused.code == 1
    assert "QUICKTAKES_RETENTION_DAYS" in refused.err
    assert "from 0 to 36,500, or unset it for 90" in refused.err
