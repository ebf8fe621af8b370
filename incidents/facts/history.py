"""Read the history of a fact: who changed which values, and when."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from incidents.models import FactType, Incident
from sites.models import Address, Residence

from .services import STATED

_FIELDS = ("residence", "address", *STATED)
# The text of each row that a state refers to, by column and primary key.
_Seen = dict[tuple[str, int], str]
_TARGETS: dict[str, type[Residence | Address | FactType]] = {
    "residence": Residence,
    "address": Address,
    "fact_type": FactType,
}


@dataclass(frozen=True)
class Difference:
    """One changed value, before and after, as displayed."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Revision:
    """One change of a fact by one person; ``who`` is empty when the person is not visible."""

    at: dt.datetime
    who: str
    differences: list[Difference]
    cancelled: bool = False


def first_state(incident: Incident) -> models.Model:
    """Return the first recorded state of the fact: an event of its history, or the fact itself."""
    return _events(incident).first() or incident


def changes(incident: Incident) -> list[Revision]:
    """Return the changes of a fact since it was recorded, the latest first."""
    states = [*_events(incident), incident]
    people = _people(states)
    seen = _seen(states)
    found = [_change(before, after, people, seen) for before, after in pairwise(states)]
    return [change for change in reversed(found) if change]


def people_of(incident: Incident) -> str:
    """Return the name of the person who recorded a fact, empty when not visible."""
    return next(iter(_people([incident], "reported_by_id").values()), "")


def changer_of(incident: Incident) -> str:
    """Return the name of the person who last changed a fact, empty when not visible."""
    return next(iter(_people([incident]).values()), "")


def _events(incident: Incident) -> models.QuerySet[models.Model]:
    return incident.events.order_by("pgh_id")


def _people(states: list[Any], column: str = "changed_by_id") -> dict[int, str]:
    ids = {getattr(state, column) for state in states} - {None}
    return {pk: str(user) for pk, user in User.objects.in_bulk(ids).items()} if ids else {}


def _seen(states: list[Any]) -> _Seen:
    """Return the text of every row that the states refer to, with one query for each table."""
    return {
        (name, pk): str(row)
        for name, model in _TARGETS.items()
        for pk, row in model.objects.in_bulk({getattr(s, f"{name}_id") for s in states} - {None}).items()
    }


def _change(before: Any, after: Any, people: dict[int, str], seen: _Seen) -> Revision | None:
    if after.changed_at == before.changed_at:
        # No person changed the fact: its residence moved to another commune, which every row repeats.
        return None
    pairs = ((name, _read(before, name, seen), _read(after, name, seen)) for name in _FIELDS)
    differences = [Difference(_label(name), a, b) for name, a, b in pairs if a != b]
    return Revision(
        at=after.changed_at,
        who=people.get(after.changed_by_id, ""),
        differences=differences,
        cancelled=after.cancelled_at is not None and before.cancelled_at is None,
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


def _label(name: str) -> str:
    return next(str(field.verbose_name) for field in Incident._meta.fields if field.name == name)
