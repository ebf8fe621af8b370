"""Read the history of a record: who changed which values, and when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from incidents.models import Disruption, FactSubtype, FactType, Incident, StandingObservation
from sites.models import Address, Residence

Record = Incident | Disruption | StandingObservation
# The text of each row that a state refers to, by column and primary key.
_Seen = dict[tuple[str, int], str]
_TARGETS: dict[str, type[Residence | Address | FactType | FactSubtype]] = {
    "residence": Residence,
    "address": Address,
    "fact_type": FactType,
    "subtype": FactSubtype,
}


@dataclass(frozen=True)
class Difference:
    """One changed value, before and after, as displayed; ``name`` is that of its column."""

    name: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Revision:
    """One change of a record by one person; ``who`` is empty when the person is not visible."""

    at: dt.datetime
    who: str
    differences: list[Difference]
    cancelled: bool = False
    restored: bool = False
    reason: str = ""


def first_state(record: Record) -> models.Model:
    """Return the first recorded state of the record: an event of its history, or the record itself."""
    return _events(record).first() or record


def changes(record: Record, stated: Iterable[str]) -> list[Revision]:
    """Return the changes of a record since it was recorded, the latest first.

    Args:
        record: a fact, a disruption or a standing observation.
        stated: the names of the columns that a correction may change, beside those of the place.
    """
    states = [*_events(record), record]
    people = _people(states)
    names = ("residence", "address", *stated)
    seen = _seen(states, names)
    found = [_change(before, after, names, people, seen) for before, after in pairwise(states)]
    return [change for change in reversed(found) if change]


def author_of(record: Record) -> str:
    """Return the name of the person who recorded it, empty when not visible."""
    column = "reported_by_id" if isinstance(record, Incident) else "created_by_id"
    return next(iter(_people([record], column).values()), "")


def changer_of(record: Record) -> str:
    """Return the name of the person who last changed a record, empty when not visible."""
    return next(iter(_people([record]).values()), "")


def _events(record: Record) -> models.QuerySet[models.Model]:
    return record.events.order_by("pgh_id")


def _people(states: list[Any], column: str = "changed_by_id") -> dict[int, str]:
    ids = {getattr(state, column) for state in states} - {None}
    return {pk: str(user) for pk, user in User.objects.in_bulk(ids).items()} if ids else {}


def _seen(states: list[Any], names: Iterable[str]) -> _Seen:
    """Return the text of every row that the states refer to, with one query for each table."""
    return {
        (name, pk): str(row)
        for name, model in _TARGETS.items()
        if name in names
        for pk, row in model.objects.in_bulk({getattr(s, f"{name}_id") for s in states} - {None}).items()
    }


def _change(
    before: Any, after: Any, names: Iterable[str], people: dict[int, str], seen: _Seen
) -> Revision | None:
    if after.changed_at == before.changed_at:
        # No person changed the record: its residence moved to another commune, which every row repeats.
        return None
    pairs = ((name, _read(before, name, seen), _read(after, name, seen)) for name in names)
    differences = [Difference(name, _label(before, name), a, b) for name, a, b in pairs if a != b]
    return Revision(
        at=after.changed_at,
        who=people.get(after.changed_by_id, ""),
        differences=differences,
        cancelled=after.cancelled_at is not None and before.cancelled_at is None,
        restored=after.cancelled_at is None and before.cancelled_at is not None,
        reason=after.cancel_reason,
    )


def _read(state: Any, name: str, seen: _Seen) -> Any:
    if name in _TARGETS:
        pk = getattr(state, f"{name}_id")
        return seen.get((name, pk), "") if pk else ""
    value = getattr(state, name)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    display = getattr(state, f"get_{name}_display", None)
    return (display() if display else value) or ""


def _label(state: Any, name: str) -> str:
    return next(str(field.verbose_name) for field in state._meta.fields if field.name == name)
