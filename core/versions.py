"""Tell versions of a record apart, so that a form opened before a colleague's change does not undo it.

A *state* maps the name of each field that a form writes to its value. A *version* holds one keyed digest
per field. It goes into the form as a hidden field, reveals none of the values and fits one record only.
Compared later, it says which fields were changed meanwhile, and which the form itself changed.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.crypto import constant_time_compare, salted_hmac

State = Mapping[str, Any]
_DIGITS = 16


class StaleError(Exception):
    """The error raised when a record was changed after its form was opened; nothing was written.

    Attributes:
        record: the record as it is now.
        state: the state the form would have overwritten.
        opened: the version the form was opened on, empty when it named none.
    """

    def __init__(self, record: Model, state: State, opened: str) -> None:
        super().__init__(f"{record._meta.label} {record.pk}")
        self.record = record
        self.state = state
        self.opened = opened


def version_of(record: Model, state: State) -> str:
    """Return the version of ``record``: ``name:digest`` for each field, separated by spaces."""
    return " ".join(f"{name}:{_digest(record, name, value)}" for name, value in sorted(state.items()))


def check_version(opened: str, record: Model, state: State) -> None:
    """Check that ``opened`` is the version of ``state``; call it while the row is locked.

    Raises:
        StaleError: ``opened`` is another version, or none.
    """
    if not constant_time_compare(opened, version_of(record, state)):
        raise StaleError(record, state, opened)


def differing(opened: str, record: Model, state: State) -> set[str]:
    """Return the names of the fields whose value in ``state`` differs from that in the version ``opened``."""
    before = dict(part.split(":", 1) for part in opened.split() if ":" in part)
    return {name for name, value in state.items() if before.get(name) != _digest(record, name, value)}


def same(one: Any, other: Any) -> bool:
    """Say whether two values of a field would be stored alike.

    >>> same(None, ""), same(Decimal("12.50"), Decimal("12.5")), same(["b", "a"], ("a", "b"))
    (True, True, True)
    >>> same(False, ""), same("a", "A")
    (False, False)
    """
    return bool(_plain(one) == _plain(other))


def _digest(record: Model, name: str, value: Any) -> str:
    said = json.dumps([record._meta.label, record.pk, name, _plain(value)])
    return salted_hmac("core.versions", said, algorithm="sha256").hexdigest()[:_DIGITS]


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; several values are sorted, since their order has no meaning."""
    if value is None or isinstance(value, bool | int | float):
        return "" if value is None else value
    if isinstance(value, Model):
        return [value._meta.label, value.pk]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted((_plain(one) for one in value), key=json.dumps)
    # Browsers send CRLF line ends, and forms strip the spaces around a text.
    return "\n".join(str(value).splitlines()).strip()
