"""Filter the journal."""

import datetime as dt

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.models import AuditEntry
from core.words import WordsFilter

from .reading import people_called

_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class JournalFilter(filters.FilterSet):
    """A filter of the entries by period, action and person.

    Days are turned into bounds on the moment: the index is on the moment, not on its day.
    """

    since = filters.DateFilter(method="from_day", label=_("Du"), widget=_DAY)
    until = filters.DateFilter(method="to_day", label=_("Au"), widget=_DAY)
    action = filters.ChoiceFilter(choices=AuditAction, label=_("Action"), empty_label=_("Toutes"))
    person = WordsFilter(method="by_person", label=_("Personne"))

    class Meta:
        model = AuditEntry
        fields = ()

    @property
    def said(self) -> dict[str, str]:
        """Return the filters in force, for the journal entry of an export; typed words stay out of it."""
        values = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: str(values[name]) for name in ("since", "until", "action") if values.get(name)}

    def from_day(self, entries: QuerySet[AuditEntry], _name: str, day: dt.date) -> QuerySet[AuditEntry]:
        """Keep the entries of ``day`` and after."""
        return entries.filter(at__gte=_midnight(day))

    def to_day(self, entries: QuerySet[AuditEntry], _name: str, day: dt.date) -> QuerySet[AuditEntry]:
        """Keep the entries of ``day`` and before."""
        if day == dt.date.max:
            return entries
        return entries.filter(at__lt=_midnight(day + dt.timedelta(1)))

    def by_person(self, entries: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Keep the entries of people whose name holds every word."""
        return entries.filter(actor_id__in=people_called(value.split()))


def _midnight(day: dt.date) -> dt.datetime:
    """Return the moment at which ``day`` begins in local time."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
