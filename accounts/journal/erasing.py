"""Erase from the front of each journal what is older than its term, with the other rules of the night."""

import datetime as dt

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.retention import Numbers, Rule, register_rule
from accounts.scope import system_scope

from .retention import cut_before

# Three years, whatever leap day lies in them.
KEPT = dt.timedelta(3 * 365 + 1)

# As palier_cut_journals() does: the last entry of a journal stays.
_DUE = """
SELECT nullif(l.journal, 0), count(*) FROM accounts_auditlink l JOIN (
    SELECT journal, least(
        coalesce(min(number) FILTER (WHERE sealed_at >= %(before)s) - 1, max(number) - 1), max(number) - 1
    ) AS through
    FROM accounts_auditlink WHERE number IS NOT NULL GROUP BY journal
) j ON j.journal = l.journal AND l.number <= j.through
GROUP BY 1
"""


def register() -> None:
    """Add the rule of the journals to the nightly order: after the others, which write entries."""
    register_rule(Rule("journal", _("entrées du journal"), due=_due, erase=_erase, order=90))


def _due(today: dt.date) -> Numbers:
    before = timezone.make_aware(dt.datetime.combine(today - KEPT, dt.time.min))
    with system_scope("verification"), connection.cursor() as cursor:
        cursor.execute(_DUE, {"before": before})
        return dict(cursor.fetchall())


def _erase(today: dt.date) -> Numbers:
    return {journal or None: erased for journal, erased in cut_before(today - KEPT).items()}
