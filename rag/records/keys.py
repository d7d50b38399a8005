"""Keys of the API."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, cast

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from rag.errors import ConfigurationError, NotFoundError
from rag.records.database import Database
from rag.records.tables import KeyRow
from rag.records.values import Key, Scope

MARK: Final = "qt_"
"""What secrets begin with, so that people, and scanners of published code, know one when they see it."""

_PREFIX_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_MOST_CHARACTERS: Final = 100
"""Of a name: it stands in lists."""

_PREFIX_LENGTH: Final = len(MARK) + 2 * _PREFIX_BYTES
_NO_HASH: Final = "0" * hashlib.sha256().digest_size * 2


class Keys:
    """Keys by name, prefix and secret; each method is one transaction.

    Of a secret only its SHA-256 is kept. Slow, salted hashes are for passwords, which people choose and others guess; a
    secret of 256 random bits can be found from its hash only by trying them all, and is looked at with every request.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def create(self, name: str, scope: Scope) -> tuple[Key, str]:
        """Make a key, and return it with its secret, which cannot be told again.

        Raises:
            ConfigurationError: the name cannot be used, or a key in use has it.
        """
        _check_name(name)
        prefix = MARK + secrets.token_hex(_PREFIX_BYTES)
        secret = f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        row = KeyRow(name=name, prefix=prefix, secret_hash=hash_of(secret), scope=scope, created=self._clock())
        with self._database.writing() as session:
            session.add(row)
            try:
                session.flush()
            except IntegrityError as error:
                raise ConfigurationError(
                    f"there is a key {name!r} already; choose another name, or revoke that key first"
                ) from error
            return key_of(row), secret

    def find(self, secret: str) -> Key | None:
        """Return the key of a secret, used today from now on; None where there is none, or it was revoked.

        It is looked up by its prefix, which is no secret, and the whole compared in a time that tells nothing.
        """
        by_prefix = select(KeyRow).where(KeyRow.prefix == secret[:_PREFIX_LENGTH])
        with self._database.reading() as session:
            row = session.scalar(by_prefix)
            is_it = secrets.compare_digest(hash_of(secret), row.secret_hash if row else _NO_HASH)
            if row is None or not is_it or row.revoked is not None:
                return None
            key = key_of(row)
        today = self._clock().date()
        if key.last_used != today:
            with self._database.writing() as session:
                session.execute(update(KeyRow).where(KeyRow.prefix == key.prefix).values(last_used=today))
        return key

    def list(self) -> list[Key]:
        """Return all keys, also those that were revoked, in the order they were made."""
        with self._database.reading() as session:
            return [key_of(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.id))]

    def revoke(self, name_or_prefix: str) -> Key:
        """Make a key worthless from now on, also where somebody signed in with it.

        Raises:
            NotFoundError: no key in use has that name or prefix.
        """
        named = or_(KeyRow.name == name_or_prefix, KeyRow.prefix == name_or_prefix)
        with self._database.writing() as session:
            row = session.scalar(select(KeyRow).where(named, KeyRow.revoked.is_(None)))
            if row is None:
                raise NotFoundError(f"no key in use is called {name_or_prefix!r}; 'quicktakes keys list' shows them")
            row.revoked = self._clock()
            return key_of(row)


def hash_of(secret: str) -> str:
    """Return what is kept of a random secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def key_of(row: KeyRow) -> Key:
    """Return a key as it leaves the records."""
    return Key(row.name, row.prefix, cast("Scope", row.scope), row.created, row.last_used, row.revoked)


def _check_name(name: str) -> None:
    if not (name.strip() == name != "" and name.isprintable() and len(name) <= _MOST_CHARACTERS):
        raise ConfigurationError(
            f"{name!r:.120} is no name for a key; give 1 to {_MOST_CHARACTERS} characters of one line"
        )
    if name.startswith(MARK):
        raise ConfigurationError(f"the name {name!r} begins as secrets do, with {MARK}; choose another")
