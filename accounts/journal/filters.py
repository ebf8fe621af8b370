"""Narrow the journal."""

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.models import AuditEntry
from core.words import WordsFilter

from .reading import people_called


class JournalFilter(filters.FilterSet):
    """Entries by period, action and person."""

    since = filters.DateFilter(
        "at", "date__gte", label=_("Du"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = filters.DateFilter(
        "at", "date__lte", label=_("Au"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    action = filters.ChoiceFilter(choices=AuditAction, label=_("Action"), empty_label=_("Toutes"))
    person = WordsFilter(method="by_person", label=_("Personne"))

    class Meta:
        model = AuditEntry
        fields = ()

    def by_person(self, entries: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Keep the entries of people whose name holds every word."""
        return entries.filter(actor_id__in=people_called(value.split()))
