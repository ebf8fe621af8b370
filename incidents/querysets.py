"""Reading facts: the one place that decides which columns of a fact are read."""

import datetime as dt
from typing import Self, TypeVar

from django.db import models

from sites.perimeter import is_own

# Read only for facts that are one's own: never by a coordinator.
CONFIDENTIAL = (
    "complaint_filed", "complaint_reference", "damage_cost", "reported_by", "changed_by", "cancel_reason",
    "source", "time",
)  # fmt: skip


def may_fall_since(day: dt.date) -> models.Q:
    """Return the condition of facts that may have happened on ``day`` or later: spans reach in."""
    return models.Q(span_end=None, day__gte=day) | models.Q(span_end__gte=day)


_Row_co = TypeVar("_Row_co", bound=models.Model, covariant=True)


class IncidentQuerySet(models.QuerySet[_Row_co]):
    """Facts the acting person may see."""

    def own(self) -> Self:
        """Keep those the acting person may correct and read in full."""
        return self.filter(is_own())

    def structured(self) -> Self:
        """Read what, where and when, and nothing more."""
        return self.select_related("fact_type", "residence", "address").defer(*CONFIDENTIAL)

    def visible(self) -> Self:
        """Keep one's own, and of other landlords those that count: not cancelled."""
        return self.filter(is_own() | models.Q(cancelled_at=None))

    def current(self) -> Self:
        """Keep those that count: not cancelled."""
        return self.filter(cancelled_at=None)
