"""Filter the residences to watch, as the list of residences, by reason, and those put to rest."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from classification.models import Rest, Signal, SignalKind, SiteLevel
from classification.residence.filters import SiteFilter
from incidents.models import FactType

from .services import at_rest

RESTING = "veille"


class WatchFilter(SiteFilter):
    """The filter of the residences to watch; without any choice, those that are not at rest."""

    kind = filters.ChoiceFilter(
        label=_("Motif de surveillance"), choices=SignalKind, method="for_kind", empty_label=_("Tous")
    )
    fact_type = filters.ModelChoiceFilter(
        label=_("Nature de fait"),
        queryset=FactType.objects.all(),
        method="with_type",
        empty_label=_("Toutes"),
    )
    state = filters.ChoiceFilter(
        label=_("Mise en veille"),
        choices=[(RESTING, _("en veille seulement"))],
        method="unfiltered",
        empty_label=_("sans les sites en veille"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters.pop("subtype", None)

    def filter_queryset(self, queryset: QuerySet[SiteLevel]) -> QuerySet[SiteLevel]:
        """Keep the residences that have a reason, or those put to rest whether they have one or not."""
        resting = Exists(Rest.objects.filter(at_rest(), residence=OuterRef("residence")).order_by())
        told = Exists(Signal.objects.filter(residence=OuterRef("residence")).order_by())
        asked = self.form.cleaned_data.get("state") == RESTING
        return super().filter_queryset(queryset.filter(resting if asked else told & ~resting))

    def unfiltered(self, queryset: QuerySet[SiteLevel], _name: str, _value: Any) -> QuerySet[SiteLevel]:
        """Return the queryset as it is: :meth:`filter_queryset` applies the state."""
        return queryset

    def for_kind(self, queryset: QuerySet[SiteLevel], _name: str, value: str) -> QuerySet[SiteLevel]:
        """Keep the residences that have a reason of this kind."""
        return queryset.filter(
            Exists(Signal.objects.filter(residence=OuterRef("residence"), kind=value).order_by())
        )

    def with_type(self, queryset: QuerySet[SiteLevel], _name: str, value: FactType) -> QuerySet[SiteLevel]:
        """Keep the residences that have a reason of this type."""
        return queryset.filter(
            Exists(Signal.objects.filter(residence=OuterRef("residence"), fact_type=value).order_by())
        )
