"""Erase what campaigns froze, at the end of the term of the facts that it rests on."""

import datetime as dt
from collections import Counter

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.retention import Numbers, Rule, register_rule
from accounts.scope import system_scope
from incidents.models.retention import FACTS_MOST
from incidents.retention.due import TERMS

SLICE = 5_000
LABEL = _("sites arrêtés de campagnes")
# After the records that they rest on.
_ORDER = 20

_DUE = f"""
SELECT a.id, a.landlord_id, a.as_of FROM classification_assessment a
LEFT JOIN terms t ON t.landlord_id = a.landlord_id AND t.commune_id = a.commune_id
WHERE a.as_of < (%(today)s::date - make_interval(months => coalesce(t.facts, {FACTS_MOST})))::date
"""
_ERASE = f"""
{TERMS}, gone AS ({_DUE} ORDER BY 1 LIMIT {SLICE})
DELETE FROM classification_assessment a USING gone WHERE a.id = gone.id RETURNING a.landlord_id, a.as_of
"""


def register() -> None:
    """Add the rule of campaigns to the nightly order."""
    register_rule(Rule("assessments", LABEL, due=due, erase=erase, order=_ORDER))


def due(today: dt.date) -> Numbers:
    """Return how many frozen sites of each landlord are past their term."""
    with system_scope("retention"), connection.cursor() as cursor:
        cursor.execute(f"{TERMS} SELECT landlord_id, count(*) FROM ({_DUE}) a GROUP BY 1", {"today": today})
        return dict(cursor.fetchall())


def erase(today: dt.date) -> Numbers:
    """Erase a slice of the frozen sites past their term, with an entry in the journal of each landlord."""
    with transaction.atomic(), system_scope("retention") as scope, connection.cursor() as cursor:
        cursor.execute(_ERASE, {"today": today})
        rows = cursor.fetchall()
        numbers = Counter(landlord for landlord, _day in rows)
        for landlord, number in numbers.items():
            until = max(day for of, day in rows if of == landlord)
            write_entry(
                scope, AuditAction.ERASE, "retention.assessments", organisation_id=landlord, forgotten=number,
                until=until.isoformat(),
            )  # fmt: skip
        return dict(numbers)
