"""Filter what lies at places by a territory that the person coordinates: what agreements open to it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from core.choices import OpaqueChoiceFilter

from .models import Territory
from .perimeter import is_shared_with
from .reading import coordinated_by


class TerritoryFilter(OpaqueChoiceFilter):
    """A filter of rows with a landlord and a commune; its filter set takes it out for who coordinates none."""

    def __init__(self, **options: Any) -> None:
        # The library also takes a function of the request, which its stubs do not know.
        offered: Any = _offered
        super().__init__(label=_("Territoire"), empty_label=_("Tous"), queryset=offered, **options)

    def filter(self, queryset: QuerySet[Any], value: Territory | None) -> QuerySet[Any]:
        """Keep what is shared with the territory."""
        return queryset.filter(is_shared_with(value.pk)) if value else queryset


def _offered(request: ScopedRequest) -> QuerySet[Territory]:
    return coordinated_by(request.scope).order_by("name__french", "pk")
