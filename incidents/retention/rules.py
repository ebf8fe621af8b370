"""Register what is erased of records each night, with its entries of the journal."""

import datetime as dt
from collections import Counter
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.retention import Numbers, Rule, register_rule
from accounts.scope import Scope, system_scope

from .due import COUNTED, DUE, ERASE, HORIZON, TERMS

SLICE = 5_000

LABELS: dict[str, Promise] = {
    "narratives": _("précisions de faits"),
    "facts": _("faits"),
    "facts_to_place": _("faits à placer"),
    "disruptions": _("perturbations"),
    "observations": _("constats permanents"),
    "acts": _("actes groupés"),
}


def register() -> None:
    """Add the rules of records to the nightly order."""
    for order, (kind, label) in enumerate(LABELS.items(), 10):
        register_rule(Rule(kind, label, due=partial(_due, kind), erase=partial(_erase, kind), order=order))


def _due(kind: str, today: dt.date) -> Numbers:
    with system_scope("retention"):
        return dict(_rows(f"{TERMS} SELECT landlord_id, count(*) FROM ({DUE[kind]}) d GROUP BY 1", today))


def _erase(kind: str, today: dt.date) -> Numbers:
    """Erase a slice of what is due of one kind, with an entry in the journal of each landlord."""
    with transaction.atomic(), system_scope("retention") as scope:
        rows = _rows(f"{TERMS} {DUE[kind]} ORDER BY 1 LIMIT {SLICE}", today)
        if not rows:
            return {}
        with connection.cursor() as cursor:
            for statement in ERASE[kind]:
                cursor.execute(statement, {"ids": [pk for pk, _landlord, _last in rows]})
        last = _last_days(rows)
        if kind in COUNTED:
            with connection.cursor() as cursor:
                cursor.execute(HORIZON, {"landlords": list(last), "days": list(last.values())})
        return _written(scope, kind, rows, last)


def _rows(query: str, today: dt.date) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"today": today})
        rows: list[Any] = cursor.fetchall()
    return rows


def _last_days(rows: list[Any]) -> dict[int, dt.date]:
    """Return the last day among the rows of each landlord."""
    last: dict[int, dt.date] = {}
    for _pk, landlord, day in rows:
        last[landlord] = max(day, last.get(landlord, day))
    return last


def _written(scope: Scope, kind: str, rows: list[Any], last: dict[int, dt.date]) -> Numbers:
    numbers = Counter(landlord for _pk, landlord, _last in rows)
    for landlord, number in numbers.items():
        write_entry(
            scope,
            AuditAction.ERASE,
            f"retention.{kind}",
            organisation_id=landlord,
            forgotten=number,
            until=last[landlord].isoformat(),
        )
    return dict(numbers)
