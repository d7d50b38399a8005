"""Keys open what they are for, until they are revoked; their secrets are nowhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest
from every_row import every_row
from made_clock import MadeClock

from rag.errors import ConfigurationError, NotFoundError
from rag.records import LASTS, SCOPES, Records


def test_a_secret_finds_its_key(records: Records) -> None:
    """The secret begins with the prefix that its key is listed by, is 256 random bits longer, and finds that key."""
    key, secret = records.keys.create("reading room", "ask")
    records.keys.create("another", "admin")
    assert secret.startswith(f"{key.prefix}_")
    assert key.prefix.startswith("qt_")
    assert len(secret) - len(key.prefix) == 44
    found = records.keys.find(secret)
    assert found is not None
    assert (found.name, found.prefix, found.scope, found.revoked) == ("reading room", key.prefix, "ask", None)


def test_nothing_but_the_secret_finds_a_key(records: Records) -> None:
    """A secret with one letter changed, cut, or of its prefix alone finds nothing; nor does anything odd."""
    key, secret = records.keys.create("reading room", "ask")
    last = "A" if secret[-1] != "A" else "B"
    for other in (secret[:-1] + last, secret[:-1], secret + "A", key.prefix, "", "qt_", "\x00", "\ud800", "é" * 60):
        assert records.keys.find(other) is None, other


def test_a_secret_is_kept_nowhere(records: Records, url: str) -> None:
    """No table holds the part of a secret, or of a sign-in's token, that makes it one."""
    key, secret = records.keys.create("reading room", "ask")
    token = records.sign_ins.begin(key)
    rows = every_row(url)
    assert key.prefix in rows
    assert secret.removeprefix(key.prefix) not in rows
    assert token not in rows


def test_a_key_allows_what_its_scope_implies(records: Records) -> None:
    """A key allows exactly its own scope and those below."""
    keys = {scope: records.keys.create(scope, scope)[0] for scope in SCOPES}
    allowed = {(has, needs) for has, needs in product(SCOPES, SCOPES) if keys[has].allows(needs)}
    assert allowed == {
        ("ask", "ask"),
        ("edit", "ask"),
        ("edit", "edit"),
        ("admin", "ask"),
        ("admin", "edit"),
        ("admin", "admin"),
    }


@pytest.mark.parametrize("by", ["name", "prefix"])
def test_a_revoked_key_opens_nothing(records: Records, by: str) -> None:
    """Revoked by name or prefix, a key is found by nobody, who signed in with it is signed out, and it is listed."""
    key, secret = records.keys.create("reading room", "edit")
    token = records.sign_ins.begin(key)
    records.keys.revoke(getattr(key, by))
    assert records.keys.find(secret) is None
    assert records.sign_ins.find(token) is None
    (listed,) = records.keys.list()
    assert listed.revoked is not None
    with pytest.raises(NotFoundError, match="keys list"):
        records.keys.revoke("reading room")
    with pytest.raises(NotFoundError):
        records.sign_ins.begin(key)


def test_a_key_knows_the_day_it_was_last_used(records: Records, clock: MadeClock) -> None:
    """A key that was never used says so; else it has the last day, not the first."""
    _, secret = records.keys.create("reading room", "ask")
    assert records.keys.list()[0].last_used is None
    for _ in range(2):
        records.keys.find(secret)
        assert records.keys.list()[0].last_used == clock.now.date()
        clock.now += timedelta(days=3)


def test_names_of_keys_in_use_differ(records: Records) -> None:
    """A name can be given again only when the key that has it was revoked."""
    records.keys.create("reading room", "ask")
    with pytest.raises(ConfigurationError, match="'reading room' already"):
        records.keys.create("reading room", "edit")
    records.keys.revoke("reading room")
    records.keys.create("reading room", "edit")
    assert [(key.scope, key.revoked is None) for key in records.keys.list()] == [("ask", False), ("edit", True)]


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", "a\x00b", "x" * 101, "qt_abc"])
def test_a_name_is_one_line_that_is_no_secret(records: Records, name: str) -> None:
    """Names that would not show in a list, or look like a secret, are refused."""
    with pytest.raises(ConfigurationError):
        records.keys.create(name, "ask")
    assert records.keys.list() == []


def test_a_sign_in_lasts_for_a_while(records: Records, clock: MadeClock) -> None:
    """A token finds its key until it expires or is signed out, which other sign-ins outlast."""
    key, _ = records.keys.create("editor", "edit")
    first, second = records.sign_ins.begin(key), records.sign_ins.begin(key)
    records.sign_ins.end(first)
    records.sign_ins.end("nobody's")
    assert records.sign_ins.find(first) is None
    found = records.sign_ins.find(second)
    assert found is not None
    assert found.key.name == "editor"
    clock.now = found.expires - timedelta(seconds=2)
    assert records.sign_ins.find(second) is not None
    assert records.sign_ins.find(second) is None
    assert timedelta(hours=1) < LASTS < timedelta(days=2)


def test_expired_sign_ins_are_deleted_by_the_next(records: Records, clock: MadeClock, url: str) -> None:
    """Sign-ins do not pile up: the next one deletes those that expired."""
    key, _ = records.keys.create("editor", "edit")
    records.sign_ins.begin(key)
    clock.now += LASTS
    records.sign_ins.begin(key)
    assert every_row(url).count("'sign_ins'") == 1


def test_changes_at_once_wait_for_one_another(records: Records) -> None:
    """Eight operators who revoke a key each at the same time all succeed: none is told that the database is locked."""
    names = [f"key {number}" for number in range(24)]
    for name in names:
        records.keys.create(name, "ask")
    with ThreadPoolExecutor(8) as operators:
        list(operators.map(records.keys.revoke, names))
    assert all(key.revoked is not None for key in records.keys.list())
