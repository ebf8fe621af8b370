"""Filter the lists of standing observations and disruptions."""

from typing import Any, ClassVar

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from accounts.enums import Role
from incidents.enums import Service
from incidents.models import Disruption, FactType, StandingObservation
from sites.enums import ImportKind
from sites.imports.filters import ByImportFilter
from sites.perimeter import is_own
from sites.places import PlaceFilter

from .seeing import to_see

_GOING_ON = [("on", _("En cours")), ("ended", _("Terminés"))]
_CANCELLED = ("cancelled", _("Annulés"))
_UNSEEN = ("unseen", _("À voir par le référent sûreté"))


class _OngoingFilter(filters.FilterSet):
    """The filters that both lists share."""

    place = PlaceFilter(label=_("Résidence, adresse ou commune"))
    state = filters.ChoiceFilter(
        label=_("État"),
        method="in_state",
        choices=[*_GOING_ON, _CANCELLED],
        empty_label=_("Tous, sauf annulés"),
    )

    request: ScopedRequest
    # The column of the last day.
    ends: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.scope.has(Role.AGENT, Role.LEAD):
            self.filters["state"].extra["choices"] = _GOING_ON
        if not self.request.scope.has(Role.LEAD):
            del self.filters["import_run"]

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply the filters; leave out what was cancelled unless ``state`` asks for it."""
        found = super().filter_queryset(queryset)
        cancelled = self.form.cleaned_data.get("state") == _CANCELLED[0]
        return found if cancelled else found.filter(cancelled_at=None)

    def in_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep what has not ended, what has, or one's own that was cancelled."""
        if value == _CANCELLED[0]:
            return queryset.filter(is_own()).exclude(cancelled_at=None)
        return queryset.filter(**{f"{self.ends}__isnull": value == "on"})


class ObservationFilter(_OngoingFilter):
    """A filter of standing observations by place, type, state and import."""

    fact_type = filters.ModelChoiceFilter(
        label=_("Nature"), queryset=FactType.objects.all(), empty_label=_("Toutes")
    )
    import_run = ByImportFilter(ImportKind.OBSERVATIONS)
    ends = "ended_on"

    class Meta:
        model = StandingObservation
        fields = ()


class DisruptionFilter(_OngoingFilter):
    """A filter of disruptions by place, service, state and import."""

    service = filters.ChoiceFilter(label=_("Service ou équipement"), choices=Service, empty_label=_("Tous"))
    import_run = ByImportFilter(ImportKind.DISRUPTIONS)
    ends = "ends_on"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request.scope.has(Role.AGENT, Role.LEAD):
            self.filters["state"].extra["choices"] = [*_GOING_ON, _UNSEEN, _CANCELLED]

    def in_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep those of a state; or one's own that no security lead has seen."""
        if value == _UNSEEN[0]:
            return to_see(queryset.filter(is_own()))
        return super().in_state(queryset, name, value)

    @property
    def asks_for_unseen(self) -> bool:
        """True when those that no security lead has seen are asked for."""
        return self.form.is_valid() and self.form.cleaned_data["state"] == _UNSEEN[0]

    class Meta:
        model = Disruption
        fields = ()
