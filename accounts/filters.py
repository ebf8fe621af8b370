"""Filters of the accounts list and of the journal."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .enums import AuditAction, Role
from .journal import people_called
from .models import AuditEntry, Membership, User


class UserFilter(filters.FilterSet):
    """Accounts by name or e-mail, and by role held today."""

    q = filters.CharFilter(method="search", label=_("Nom ou adresse e-mail"))
    role = filters.ChoiceFilter(choices=Role, method="holding", label=_("Rôle"), empty_label=_("Tous"))

    class Meta:
        model = User
        fields = ()

    def search(self, users: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        """Keep those whose name or e-mail contains the words."""
        return users.filter(Q(full_name__icontains=value) | Q(email__icontains=value))

    def holding(self, users: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        """Keep those who hold the role today."""
        return users.filter(pk__in=Membership.objects.live().filter(role=value).values("user_id"))


class JournalFilter(filters.FilterSet):
    """Entries by period, action and person."""

    since = filters.DateFilter(
        "at", "date__gte", label=_("Du"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = filters.DateFilter(
        "at", "date__lte", label=_("Au"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    action = filters.ChoiceFilter(choices=AuditAction, label=_("Action"), empty_label=_("Toutes"))
    person = filters.CharFilter(method="by_person", label=_("Personne"))

    class Meta:
        model = AuditEntry
        fields = ()

    def by_person(self, entries: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Keep the entries of people whose name contains the words."""
        return entries.filter(actor_id__in=people_called(value))
