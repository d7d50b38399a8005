"""Browsers that showed a key, and need not show it again for a while."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from rag.errors import NotFoundError
from rag.records.database import Database
from rag.records.keys import hash_of, key_of
from rag.records.tables import KeyRow, SignInRow
from rag.records.values import Key, SignIn

LASTS: Final = timedelta(hours=12)
"""A day's work."""

_TOKEN_BYTES: Final = 32


class SignIns:
    """Sign-ins by their token, of which only a hash is kept, as of keys; each method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, key: Key) -> str:
        """Sign in with a key, and return the token that stands for it until it expires; expired ones are deleted.

        Raises:
            NotFoundError: the key is not in use.
        """
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._clock()
        with self._database.writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.expires <= now))
            key_id = session.scalar(select(KeyRow.id).where(KeyRow.prefix == key.prefix, KeyRow.revoked.is_(None)))
            if key_id is None:
                raise NotFoundError(f"the key {key.name!r} is not in use")
            session.add(SignInRow(token_hash=hash_of(token), key_id=key_id, expires=now + LASTS))
        return token

    def find(self, token: str) -> SignIn | None:
        """Return who signed in; None where nobody did, it expired, or the key was revoked."""
        found = (
            select(SignInRow, KeyRow)
            .join(KeyRow, KeyRow.id == SignInRow.key_id)
            .where(SignInRow.token_hash == hash_of(token))
            .where(SignInRow.expires > self._clock())
            .where(KeyRow.revoked.is_(None))
        )
        with self._database.reading() as session:
            row = session.execute(found).first()
            return None if row is None else SignIn(key_of(row[1]), row[0].expires)

    def end(self, token: str) -> None:
        """Sign out; nothing, where nobody is signed in."""
        with self._database.writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.token_hash == hash_of(token)))
