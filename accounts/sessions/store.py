"""Read and write sessions by the digest of their key, so that a reader of the table can resume none.

The policy of the table opens the one row whose digest the transaction has presented: a statement without the key of
a session neither lists, reads nor changes it. Only deleting what has expired needs a scope.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import connection, transaction
from django.utils import timezone

from accounts.scope import system_scope

# The keys of the data that hold the moment of the login, in seconds of the clock, and the device in words.
STARTED, DEVICE = "started", "device"


def digest(key: str) -> str:
    """Return the SHA-256 of a session's key, in hexadecimal, under which its row is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """The session backend of Django's middleware (SESSION_ENGINE)."""

    # Attributes of the parent class that its type stubs leave out.
    _get_new_session_key: Callable[[], str]
    _get_or_create_session_key: Callable[[], str]
    _get_session: Callable[[bool], dict[str, Any]]

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model of the rows, which the middleware imports this backend before."""
        from .model import Session  # noqa: PLC0415

        return Session

    def load(self) -> dict[str, Any]:
        """Return the data of the session; none, and no key either, where it has expired or never was."""
        data = self._read("session_data")
        if data is None:
            self._session_key = None
            return {}
        loaded: dict[str, Any] = self.decode(data)
        return loaded

    def exists(self, session_key: str) -> bool:
        """Say whether a session with this key has not expired."""
        return self._read("session_key", session_key) is not None

    def create(self) -> None:
        """Give the session a new key, and a row."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the data of the session.

        Raises:
            CreateError: ``must_create``, and the key is taken.
            UpdateError: the session was deleted meanwhile, by its logout for instance.
        """
        if self.session_key is None:
            self.create()
        elif not self._written(self.row(self._get_session(must_create)), new=must_create):
            raise CreateError if must_create else UpdateError

    def row(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the values of the columns for a session with ``data``."""
        user, started = data.get(SESSION_KEY), data.get(STARTED)
        return {
            "session_key": digest(self._get_or_create_session_key()),
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "user_id": int(user) if user else None,
            "device": data.get(DEVICE, ""),
            "started_at": dt.datetime.fromtimestamp(started, dt.UTC) if started else None,
            "seen_at": timezone.now(),
        }

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session under ``session_key``, or this one."""
        key = session_key or self.session_key
        if key is None:
            return
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(_PRESENT, [digest(key)])
            self.get_model_class().objects.filter(pk=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the sessions that have expired."""
        with system_scope("sessions"):
            cls.get_model_class().objects.filter(expire_date__lt=timezone.now()).delete()

    def _written(self, row: dict[str, Any], *, new: bool) -> bool:
        """Write the row of the session; return False where the key of a new one is taken, or an old one is gone."""
        rows = self.get_model_class().objects
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(_PRESENT, [row["session_key"]])
            if not new:
                return bool(rows.filter(pk=row["session_key"]).update(**row))
            if rows.filter(pk=row["session_key"]).exists():
                return False
            rows.create(**row)
            return True

    def _read(self, column: str, session_key: str | None = None) -> str | None:
        """Return a column of a session that has not expired, in one round trip; None where there is none."""
        key = digest(session_key or self.session_key or "")
        with connection.cursor() as cursor:
            cursor.execute(_READ.format(column=column), [key, key, timezone.now()])
            cursor.nextset()
            found = cursor.fetchone()
        return found and str(found[0])


_PRESENT = "SELECT set_config('palier.session', %s, true)"
_READ = f"{_PRESENT}; SELECT {{column}} FROM accounts_session WHERE session_key = %s AND expire_date > %s"
