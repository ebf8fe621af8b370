"""Apply the rules of retention, or say what they would erase."""

import datetime as dt
import logging
from collections import Counter

from accounts.models import Erasure
from accounts.scope import system_scope

from . import Numbers, Rule, rules

_log = logging.getLogger(__name__)

# A night erases at most so many slices of one rule; the next night goes on.
MOST_SLICES = 500


def apply(today: dt.date, *, most: int = MOST_SLICES) -> dict[str, Numbers]:
    """Erase what is due on ``today``, rule by rule; return what went, by the name of the rule.

    A rule that fails stops no other, and is tried again the next night.
    """
    erased: dict[str, Numbers] = {}
    for rule in rules():
        try:
            erased[rule.name] = _apply(rule, today, most)
        except Exception:  # noqa: BLE001 - whatever it is, the other rules run
            _log.exception("retention failed", extra={"rule": rule.name})
    return erased


def _apply(rule: Rule, today: dt.date, most: int) -> Numbers:
    total: Counter[int | None] = Counter()
    for _slice in range(most):
        found = {organisation: number for organisation, number in rule.erase(today).items() if number}
        if not found:
            break
        total.update(found)
    with system_scope("retention"):
        Erasure.objects.bulk_create(
            Erasure(organisation_id=organisation, rule=rule.name, number=number)
            for organisation, number in total.items()
        )
    return dict(total)


def due(today: dt.date) -> dict[str, Numbers]:
    """Return what :func:`apply` would erase on ``today``, without erasing anything."""
    return {rule.name: {pk: n for pk, n in rule.due(today).items() if n} for rule in rules()}
