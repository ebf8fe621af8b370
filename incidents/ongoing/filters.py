"""Filter the lists of standing observations and disruptions."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from accounts.enums import Role
from core.words import WordsFilter
from incidents.enums import Service
from incidents.models import Disruption, FactType, StandingObservation
from sites.enums import ImportKind
from sites.imports.filters import ByImportFilter

_GOING_ON = [("on", _("En cours")), ("ended", _("Terminés"))]


class _OngoingFilter(filters.FilterSet):
    """The filters that both lists share."""

    place = WordsFilter(
        "residence__name", "residence__reference", "address__label", label=_("Résidence ou adresse")
    )

    request: ScopedRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.scope.has(Role.LEAD):
            del self.filters["import_run"]


class ObservationFilter(_OngoingFilter):
    """A filter of standing observations by place, type, state and import."""

    fact_type = filters.ModelChoiceFilter(
        label=_("Nature"), queryset=FactType.objects.all(), empty_label=_("Toutes")
    )
    state = filters.ChoiceFilter(label=_("État"), method="in_state", choices=_GOING_ON, empty_label=_("Tous"))
    import_run = ByImportFilter(ImportKind.OBSERVATIONS)

    class Meta:
        model = StandingObservation
        fields = ()

    def in_state(
        self, queryset: QuerySet[StandingObservation], _name: str, value: str
    ) -> QuerySet[StandingObservation]:
        """Keep the observations that have not ended, or those that have."""
        return queryset.filter(ended_on__isnull=value == "on")


class DisruptionFilter(_OngoingFilter):
    """A filter of disruptions by place, service, state and import."""

    service = filters.ChoiceFilter(label=_("Service ou équipement"), choices=Service, empty_label=_("Tous"))
    state = filters.ChoiceFilter(label=_("État"), method="in_state", choices=_GOING_ON, empty_label=_("Tous"))
    import_run = ByImportFilter(ImportKind.DISRUPTIONS)

    class Meta:
        model = Disruption
        fields = ()

    def in_state(self, queryset: QuerySet[Disruption], _name: str, value: str) -> QuerySet[Disruption]:
        """Keep the disruptions that have no end, or those that have one."""
        return queryset.filter(ends_on__isnull=value == "on")
