"""Decide which facts and which of their columns are read."""

import datetime as dt
from typing import Self, TypeVar

from django.db import models

from sites.perimeter import is_own

# The columns that are read for one's own facts only, and never for a coordinator.
CONFIDENTIAL = (
    "complaint_filed", "complaint_reference", "damage_cost", "reported_by", "changed_by", "cancel_reason",
    "source", "time",
)  # fmt: skip


def may_fall_since(day: dt.date) -> models.Q:
    """Return the condition of facts that may have happened on ``day`` or later, by their day or their span."""
    return models.Q(span_end=None, day__gte=day) | models.Q(span_end__gte=day)


_Row_co = TypeVar("_Row_co", bound=models.Model, covariant=True)


class RecordQuerySet(models.QuerySet[_Row_co]):
    """A queryset of records that may be cancelled, with the restrictions by what the acting person may see."""

    def own(self) -> Self:
        """Keep the records that the acting person may read in full."""
        return self.filter(is_own())

    def visible(self) -> Self:
        """Keep one's own records, and those of other landlords that are not cancelled."""
        return self.filter(is_own() | models.Q(cancelled_at=None))

    def current(self) -> Self:
        """Keep the records that count: those not cancelled."""
        return self.filter(cancelled_at=None)


class IncidentQuerySet(RecordQuerySet[_Row_co]):
    """A queryset of facts."""

    def structured(self) -> Self:
        """Read the type, place and day, without the confidential columns."""
        return self.select_related("fact_type", "subtype", "residence", "address").defer(*CONFIDENTIAL)
