"""Define rows that hold from one day until another: memberships, agreements, mandates."""

import datetime as dt
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_Row_co = TypeVar("_Row_co", bound=models.Model, covariant=True)


class DatedQuerySet(models.QuerySet[_Row_co]):
    """A query set of a :class:`Dated` model."""

    def live(self, on: dt.date | None = None) -> Self:
        """Keep the rows that hold on the day ``on`` (today by default)."""
        day = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def to_end(self) -> Self:
        """Keep the rows that have not ended, those to come included."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()))


class Dated(models.Model):
    """A row that holds from ``starts_on`` until the day before ``ends_on`` (open-ended when null).

    The end is exclusive, so that ending a row today takes effect at once.
    """

    starts_on = models.DateField(_("début"), default=timezone.localdate)
    ends_on = models.DateField(_("fin (exclue)"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def end_today(self) -> bool:
        """End the row today, or on its first day if that is to come; False when it had ended already."""
        end = max(timezone.localdate(), self.starts_on)
        if self.ends_on is not None and self.ends_on <= end:
            return False
        self.ends_on = end
        self.save(update_fields=["ends_on"])
        return True

    def is_live(self, on: dt.date | None = None) -> bool:
        """Say whether the row holds on the day ``on`` (today by default)."""
        day = on or timezone.localdate()
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def ends_after_start(name: str) -> models.CheckConstraint:
    """Return the constraint that a :class:`Dated` row does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        name=name,
        violation_error_message=_("La fin précède le début."),
    )


def no_overlap(name: str, *columns: str) -> ExclusionConstraint:
    """Return the constraint that rows with the same values in ``columns`` never hold on the same day."""
    period = Func(F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((column, RangeOperators.EQUAL) for column in columns),
            (period, RangeOperators.OVERLAPS),
        ],
        violation_error_message=_("Une période qui chevauche celle-ci existe déjà."),
    )
