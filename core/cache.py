"""Keep caches as data, never as pickled objects: whoever writes to a store must not run code here."""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import IO, Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.db import DatabaseError, connections, router, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

_MISSING = object()
_LONGEST_EXPIRY = 64


class JsonDatabaseCache(DatabaseCache):
    """A cache that keeps values as JSON in a table of the database: texts, numbers, lists, dicts.

    A tuple comes back as a list. What is not JSON is refused with a TypeError when set, and
    counts as a miss when found.
    """

    # Attributes of the parent class that its type stubs leave out.
    _table: str
    _cull: Callable[[str, CursorWrapper, datetime, int], None]

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Return the values of ``keys`` that are there and have not expired."""
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connections[router.db_for_read(self.cache_model_class)].cursor() as cursor:
            cursor.execute(
                f"SELECT cache_key, value FROM {self._table} WHERE cache_key = ANY(%s) AND expires > %s",
                [list(asked), timezone.now()],
            )
            found = {asked[key]: _decoded(text) for key, text in cursor.fetchall()}
        return {key: value for key, value in found.items() if value is not _MISSING}

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Say whether there is a value to read under ``key``."""
        return self.get(key, _MISSING, version) is not _MISSING

    def _base_set(self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT) -> bool:
        """Write one value; False when it was not written ("add" over a live one, or a failed statement)."""
        text = json.dumps(value, allow_nan=False)
        using = router.db_for_write(self.cache_model_class)
        try:
            with transaction.atomic(using=using), connections[using].cursor() as cursor:
                self._make_room(using, cursor)
                cursor.execute(
                    _STATEMENTS[mode].format(table=self._table),
                    {"key": key, "value": text, "expires": self._expiry(timeout), "now": timezone.now()},
                )
                return bool(cursor.rowcount == 1)
        except DatabaseError:
            # As in the parent class, a cache that cannot be written to fails no request.
            return False

    def _make_room(self, using: str, cursor: CursorWrapper) -> None:
        cursor.execute(f"SELECT count(*) FROM {self._table}")
        held = cursor.fetchone()[0]
        if held > self._max_entries:
            self._cull(using, cursor, timezone.now(), held)

    def _expiry(self, timeout: float | None) -> datetime:
        moment = self.get_backend_timeout(timeout)
        return datetime.max.replace(tzinfo=UTC) if moment is None else datetime.fromtimestamp(moment, UTC)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _MISSING


_INSERT = (
    "INSERT INTO {table} AS kept (cache_key, value, expires) VALUES (%(key)s, %(value)s, %(expires)s)"
    " ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)
_STATEMENTS = {
    "set": _INSERT,
    "add": _INSERT + " WHERE kept.expires <= %(now)s",
    "touch": "UPDATE {table} SET expires = %(expires)s WHERE cache_key = %(key)s",
}


class BytesFileCache(FileBasedCache):
    """A cache that keeps bytes in files: a line with the moment of expiry (seconds since 1970), then the bytes."""

    # Attributes of the parent class that its type stubs leave out.
    _key_to_file: Callable[[str, int | None], str]
    _delete: Callable[[str], bool]

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the bytes under ``key``, or ``default`` where there are none or they have expired."""
        try:
            with open(self._key_to_file(key, version), "rb") as file:  # noqa: PTH123 - a text in the parent class
                return default if self._is_expired(file) else file.read()
        except FileNotFoundError:
            return default

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give the bytes under ``key`` a new expiry; False where there are none."""
        kept = self.get(key, version=version)
        if kept is None:
            return False
        self.set(key, kept, timeout, version)
        return True

    def _write_content(self, file: IO[bytes], timeout: float | None, value: bytes) -> None:
        expiry = self.get_backend_timeout(timeout)
        file.write(b"%s\n" % str("inf" if expiry is None else expiry).encode())
        file.write(value)

    def _is_expired(self, file: IO[bytes]) -> bool:
        """Read the expiry in the first line of a file; delete the file when it has expired or is not of this cache."""
        try:
            expired = float(file.readline(_LONGEST_EXPIRY)) < time.time()
        except ValueError:
            expired = True
        if expired:
            file.close()
            self._delete(file.name)
        return expired
