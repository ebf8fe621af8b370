"""Filter the list of accounts."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, User
from core.words import WordsFilter


class UserFilter(filters.FilterSet):
    """A filter of accounts by name or e-mail, and by role held today."""

    q = WordsFilter("full_name", "email", label=_("Nom ou adresse e-mail"))
    role = filters.ChoiceFilter(choices=Role, method="holding", label=_("Rôle"), empty_label=_("Tous"))

    class Meta:
        model = User
        fields = ()

    def holding(self, users: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        """Keep the people who hold the role today."""
        return users.filter(pk__in=Membership.objects.live().filter(role=value).values("user_id"))
