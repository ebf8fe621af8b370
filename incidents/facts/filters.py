"""Filter the list of facts; the query string of the page holds the chosen values."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from core.choices import OpaqueChoiceFilter
from incidents.enums import DayPart, Family, PlaceKind, Recent, Source
from incidents.models import FactSubtype, FactType, Incident
from incidents.querysets import may_fall_since
from sites.enums import ImportKind
from sites.imports.filters import ByImportFilter
from sites.models import Address, Residence
from sites.perimeter import is_own
from sites.places import PlaceFilter
from sites.territory_filter import TerritoryFilter

from . import periods
from .numbered import NumberedFilter
from .services import ENTERED

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_LANDLORD_ROLES = (Role.AGENT, Role.LEAD)
NIGHT_SAID = _("La nuit dernière va de 20 h la veille à 8 h aujourd’hui, à l’heure du lieu.")
_GRAVITIES = [(str(gravity), str(gravity)) for gravity in range(1, 5)]
# By their ISO number, Monday first.
_WEEKDAYS = [(str(number + 1), name) for number, name in WEEKDAYS.items()]
_HOURS = [(str(hour), f"{hour}\xa0h") for hour in range(24)]
_LANDLORDS = Organisation.objects.filter(kind=OrganisationKind.LANDLORD)


class IncidentFilter(filters.FilterSet):
    """The filter of the list and of the export of facts.

    Hours, sources, complaints and cancellations filter one's own facts only: for facts of other landlords, the result
    itself would disclose columns that the reader may not see.
    """

    period = filters.ChoiceFilter(
        label=_("Période"), method="of_late", choices=Recent, empty_label=_("Toutes"), help_text=NIGHT_SAID
    )
    after = filters.DateFilter(label=_("Du"), method="since", widget=_DAY)
    before = filters.DateFilter(label=_("Au"), field_name="day", lookup_expr="lte", widget=_DAY)
    moment = filters.ChoiceFilter(
        label=_("Moment de la journée"), method="in_part", choices=DayPart, empty_label=_("Tous")
    )
    dated = filters.ChoiceFilter(
        label=_("Jour du fait"), method="dated_as", choices=[("day", _("Connu")), ("span", _("Incertain"))],
        empty_label=_("Tous"),
    )  # fmt: skip
    place = PlaceFilter(label=_("Résidence, adresse ou commune"))
    fact_type = filters.ModelChoiceFilter(
        label=_("Nature"), queryset=FactType.objects.all(), empty_label=_("Toutes")
    )
    subtype = OpaqueChoiceFilter(
        label=_("Précision"),
        queryset=FactSubtype.objects.select_related("fact_type"),
        empty_label=_("Toutes"),
    )
    family = filters.ChoiceFilter(
        label=_("Famille"), field_name="fact_type__family", choices=Family, empty_label=_("Toutes")
    )
    gravity = filters.ChoiceFilter(
        label=_("Gravité"), field_name="fact_type__gravity", choices=_GRAVITIES, empty_label=_("Toutes")
    )
    weekday = filters.ChoiceFilter(
        label=_("Jour de la semaine"), method="on_weekday", choices=_WEEKDAYS, empty_label=_("Tous")
    )
    hour = filters.ChoiceFilter(label=_("Heure"), method="at_hour", choices=_HOURS, widget=forms.HiddenInput)
    source = filters.ChoiceFilter(
        label=_("Signalé par"), method="from_source", choices=Source, empty_label=_("Tous")
    )
    place_kind = filters.ChoiceFilter(label=_("Lieu précis"), choices=PlaceKind, empty_label=_("Tous"))
    territory = TerritoryFilter()
    landlord = OpaqueChoiceFilter(label=_("Bailleur"), queryset=_LANDLORDS, empty_label=_("Tous"))
    complaint = filters.ChoiceFilter(
        label=_("Plainte"), method="with_complaint", choices=[("yes", _("Déposée")), ("no", _("Non déposée"))],
        empty_label=_("Indifférent"),
    )  # fmt: skip
    state = filters.ChoiceFilter(
        label=_("État"), method="in_state", empty_label=_("En vigueur"),
        choices=[("cancelled", _("Annulés")), ("all", _("Tous"))],
    )  # fmt: skip
    mine = filters.BooleanFilter(
        label=_("Saisis par moi"), widget=forms.CheckboxInput, method="entered_by_me"
    )
    import_run = ByImportFilter(ImportKind.INCIDENTS)
    residence = NumberedFilter(
        kind="residence", label=_("Résidence"), queryset=Residence.objects.all(), widget=forms.HiddenInput
    )
    address = NumberedFilter(
        kind="address", label=_("Adresse"), queryset=Address.objects.all(), widget=forms.HiddenInput
    )

    request: ScopedRequest

    class Meta:
        model = Incident
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = self.request.scope
        if not scope.has(*_LANDLORD_ROLES):
            for name in ("complaint", "state", "mine", "moment", "hour", "source"):
                del self.filters[name]
            period = self.filters["period"].extra
            period["choices"] = [choice for choice in Recent.choices if choice[0] != Recent.NIGHT]
            period["help_text"] = ""
        if not scope.has(Role.LEAD):
            del self.filters["import_run"]
        if not FactSubtype.objects.exists():
            del self.filters["subtype"]
        if not scope.has(Role.COORDINATOR):
            del self.filters["landlord"], self.filters["territory"]

    def filter_queryset(self, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        """Apply the filters; leave out cancelled facts unless ``state`` asks for them."""
        found = super().filter_queryset(queryset)
        if self._chosen("period") == Recent.NIGHT:
            unknown = self._chosen("moment") == DayPart.UNKNOWN
            found = found.filter(periods.hour_unknown_in_last_night() if unknown else periods.last_night())
        return found if self.form.cleaned_data.get("state") else found.filter(cancelled_at=None)

    def of_late(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep the facts of a period that ends today; :meth:`filter_queryset` looks at the hours of the last night."""
        return queryset if value == Recent.NIGHT else queryset.filter(periods.recent(Recent(value)))

    def in_part(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep one's own facts of a part of the day; or those without an hour, which last night adds to itself."""
        if value == DayPart.UNKNOWN and self._chosen("period") == Recent.NIGHT:
            return queryset
        return queryset.filter(periods.in_part(DayPart(value)))

    def since(self, queryset: QuerySet[Incident], _name: str, value: Any) -> QuerySet[Incident]:
        """Keep facts that may have happened on ``value`` or later."""
        return queryset.filter(may_fall_since(value))

    def on_weekday(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep the facts of known day on a day of the week."""
        return queryset.filter(span_end=None, day__iso_week_day=int(value))

    def at_hour(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep one's own facts of known day at an hour."""
        return queryset.filter(is_own(), span_end=None, time__hour=int(value))

    def from_source(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep one's own facts that people of a function reported."""
        return queryset.filter(is_own(), source=value)

    def dated_as(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep the facts whose day is known, or those with a span."""
        return queryset.filter(span_end__isnull=value == "day")

    def with_complaint(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep one's own facts with or without a complaint."""
        return queryset.filter(is_own(), complaint_filed=value == "yes")

    def in_state(self, queryset: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
        """Keep one's own cancelled facts; or all facts, one's own cancelled ones included."""
        if value == "cancelled":
            return queryset.filter(is_own()).exclude(cancelled_at=None)
        return queryset.filter(Q(cancelled_at=None) | is_own())

    def entered_by_me(self, queryset: QuerySet[Incident], _name: str, value: bool) -> QuerySet[Incident]:
        """Keep the facts that the person entered, without those of the files they imported."""
        mine = Q(is_own(), reported_by_id=self.request.scope.user_id, external_source__in=ENTERED)
        return queryset.filter(mine) if value else queryset

    @property
    def leaves_out_unknown_hours(self) -> bool:
        """True when facts are left out because their hour is not known; ``moment=unknown`` lists those."""
        if not self.form.is_valid() or self._chosen("moment") == DayPart.UNKNOWN:
            return False
        return bool(self._chosen("moment")) or self._chosen("period") == Recent.NIGHT

    def _chosen(self, name: str) -> str:
        return self.form.cleaned_data.get(name) or ""

    @property
    def active(self) -> bool:
        """True when any filter is set."""
        return any(value not in (None, "", False) for value in self.form.cleaned_data.values())


def ordered(queryset: QuerySet[Any], *columns: str) -> QuerySet[Any]:
    """Order by ``columns``, then by primary key, so that pages never overlap."""
    return queryset.order_by(*columns, F("pk").desc())
