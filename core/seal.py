"""Enter the scope of a transaction, and leave it, with a seal that the database checks.

The database believes who acts only with an HMAC-SHA-256 of it, made with a key that the runtime role cannot read there:
SQL that somebody injects sets no scope. Each seal is for a number that the session of the database drew last
(``palier_step``); entering and leaving return the next one, kept here with the connection, so that a session asks once.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

_BLOCK = 64
_INNER, _OUTER = 0x36, 0x5C

# The number that the next seal must be for, by connection of the driver.
_steps: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


@dataclass(frozen=True)
class Acting:
    """Who acts: a person, a program of an organisation, or a system scope; and the parts that say what they see.

    Attributes:
        parts: names of database functions, called in this order.
    """

    user_id: int | None = None
    organisation_id: int | None = None
    system: str = ""
    parts: Sequence[str] = ()


def enter(
    cursor: CursorWrapper, acting: Acting, settings_too: dict[str, str] | None = None
) -> dict[str, list[int]]:
    """Enter a scope in the transaction of ``cursor``, inside the one that is open; return the roles held.

    Args:
        cursor: cursor of a connection with a transaction open.
        acting: who acts from now on.
        settings_too: settings to write in the same round trip, local to the transaction.

    Returns:
        ``palier.<role>_of`` → ids of the organisations in which the role is held today, of the roles that are.

    Raises:
        ProgrammingError: the database does not know the key (``manage.py migrate --database owner`` writes it).
    """
    said = [acting.user_id, acting.organisation_id, acting.system, timezone.localdate().isoformat()]
    texts = ["enter", *("" if each is None else str(each) for each in said), ",".join(acting.parts)]
    step = _drawn(cursor)
    others, values = _written(settings_too or {})
    cursor.execute(f"{others}{_ENTER}", [*values, *said, list(acting.parts), seal(step, texts)])
    if others:
        cursor.nextset()
    following, roles = cursor.fetchone()
    _steps[cursor.connection] = following
    held: dict[str, list[int]] = json.loads(roles) if isinstance(roles, str) else roles
    return held


def leave(cursor: CursorWrapper) -> None:
    """Leave the open scope for the one around it."""
    cursor.execute("SELECT palier_leave(%s)", [seal(_drawn(cursor), ["leave"])])
    _steps[cursor.connection] = cursor.fetchone()[0]


def seal(step: int, said: Iterable[str]) -> bytes:
    """Return the seal of what is said, for one number: 32 bytes."""
    return hmac.digest(_key(), "|".join((str(step), *said)).encode(), "sha256")


def install(cursor: CursorWrapper) -> None:
    """Write the key into the database, as its owner: as the two blocks that HMAC hashes with."""
    pads = [bytes(byte ^ pad for byte in _key().ljust(_BLOCK, b"\0")) for pad in (_INNER, _OUTER)]
    cursor.execute(_INSTALL, pads)


def _key() -> bytes:
    return hashlib.sha256(f"palier.scope:{settings.SCOPE_KEY}".encode()).digest()


def _drawn(cursor: CursorWrapper) -> int:
    """Return the number that the next seal is for; an error on the way leaves none, so that it is asked for again."""
    # Behind a pooler each transaction may have another session.
    step = None if settings.DATABASE_POOLED else _steps.get(cursor.connection)
    _steps.pop(cursor.connection, None)
    if step is None:
        cursor.execute("SELECT palier_step()")
        step = cursor.fetchone()[0]
    drawn: int = step
    return drawn


def _written(values: dict[str, str]) -> tuple[str, list[str]]:
    if not values:
        return "", []
    params = [item for pair in values.items() for item in pair]
    return f"SELECT {', '.join('set_config(%s, %s, true)' for _ in values)};", params


_ENTER = "SELECT * FROM palier_enter(%s, %s, %s, %s, %s::text[], %s)"
_INSTALL = (
    "INSERT INTO palier_seal.key (inner_pad, outer_pad) VALUES (%s, %s)"
    " ON CONFLICT (single) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad"
)
