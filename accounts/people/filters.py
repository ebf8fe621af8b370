"""Narrow the list of accounts."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, User


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
