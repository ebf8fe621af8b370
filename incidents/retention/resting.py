"""Erase what rests on facts without being one, at the end of the term of facts: decisions, and what campaigns froze."""

import datetime as dt
from collections import Counter

from django.db import connection, transaction
from django.utils.functional import Promise

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.retention import Numbers, Rule
from accounts.scope import system_scope
from incidents.models.retention import FACTS_MOST

from .due import TERMS

_SLICE = 5_000
# After the records that it rests on.
ORDER = 20
_DUE = f"""
SELECT r.id, r.landlord_id, r.{{day}} FROM {{table}} r
LEFT JOIN terms t ON t.landlord_id = r.landlord_id AND t.commune_id = r.commune_id
WHERE r.{{day}} < (%(today)s::date - make_interval(months => coalesce(t.facts, {FACTS_MOST})))::date
"""


def rule_of(name: str, label: Promise, *, table: str, day: str, order: int = ORDER) -> Rule:
    """Return the nightly rule of a table whose rows go once their ``day`` is past the term of facts at their place.

    Args:
        name: the rule's name, also that of its entries in the journals of landlords.
        label: what is erased, in words, plural.
        table: the name of the table; it has the columns id, landlord_id and commune_id.
        day: the column with the day that a row is as old as; rows without one stay.
        order: of the rule in the night, lower where other rows refer to these.
    """
    rows = _DUE.format(table=table, day=day)
    counted = f"{TERMS} SELECT landlord_id, count(*) FROM ({rows}) due GROUP BY 1"
    erased = (
        f"{TERMS}, gone AS ({rows} ORDER BY 1 LIMIT {_SLICE})"
        f" DELETE FROM {table} r USING gone WHERE r.id = gone.id RETURNING r.landlord_id, r.{day}"
    )

    def due(today: dt.date) -> Numbers:
        with system_scope("retention"), connection.cursor() as cursor:
            cursor.execute(counted, {"today": today})
            return dict(cursor.fetchall())

    def erase(today: dt.date) -> Numbers:
        with transaction.atomic(), system_scope("retention") as scope, connection.cursor() as cursor:
            cursor.execute(erased, {"today": today})
            gone = cursor.fetchall()
            numbers = Counter(landlord for landlord, _day in gone)
            for landlord, number in numbers.items():
                until = max(last for of, last in gone if of == landlord)
                write_entry(
                    scope, AuditAction.ERASE, f"retention.{name}", organisation_id=landlord, forgotten=number,
                    until=until.isoformat(),
                )  # fmt: skip
            return dict(numbers)

    return Rule(name, label, due=due, erase=erase, order=order)
