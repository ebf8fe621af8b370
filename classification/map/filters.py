"""Filter the map: as the list of residences, and by the facts recorded in a period."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classification.models import Finding, SiteLevel
from classification.residence.filters import SiteFilter
from core.choices import OpaqueChoiceFilter
from incidents.models import FactSubtype, FactType, Incident

# The last days, and the windows of the method.
_WINDOWS = {
    "1": _("Aujourd’hui"), "7": _("7 derniers jours"),
    "28": _("28 derniers jours"), "91": _("91 derniers jours"), "365": _("365 derniers jours"),
}  # fmt: skip
_BETWEEN = "dates"
_EARLIEST = dt.date(1900, 1, 1)
_LONGEST = max(int(days) for days in _WINDOWS)


@dataclass(frozen=True, slots=True)
class Period:
    """A period from its first to its last day, both included."""

    first: dt.date
    last: dt.date

    @property
    def recent(self) -> bool:
        """True when it ends today and is no longer than the longest window: ``last_day`` of levels then suffices."""
        today = timezone.localdate()
        return self.last == today and (today - self.first).days < _LONGEST


class PeriodForm(forms.Form):
    """The form of a period: one of the method's windows, or two days."""

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        super().clean()
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if data.get("period") == _BETWEEN and since and until and until < since:
            self.add_error("until", ValidationError(_("La fin de la période précède son début.")))
        return data


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__({"class": "form-control form-control-sm"}, format="%Y-%m-%d")


class MapFilter(SiteFilter):
    """The filter of residences, also by the facts recorded there in a period, whether their day is known or not."""

    place = "residence"
    fact_type = filters.ModelMultipleChoiceFilter(
        label=_("Nature de fait"),
        queryset=FactType.objects.all(),
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        method="unfiltered",
    )
    subtype = OpaqueChoiceFilter(
        label=_("Précision"),
        queryset=FactSubtype.objects.select_related("fact_type"),
        method="unfiltered",
        empty_label=_("Toutes"),
    )
    period = filters.ChoiceFilter(
        label=_("Période"),
        choices=[*_WINDOWS.items(), (_BETWEEN, _("Entre deux dates"))],
        empty_label=_("Toutes"),
        method="unfiltered",
    )
    since = filters.DateFilter(label=_("Du"), widget=_Day, method="unfiltered")
    until = filters.DateFilter(label=_("Au"), widget=_Day, method="unfiltered")

    class Meta(SiteFilter.Meta):
        form = PeriodForm

    def unfiltered(self, queryset: QuerySet[SiteLevel], _name: str, _value: Any) -> QuerySet[SiteLevel]:
        """Return the queryset as it is: :meth:`filter_queryset` applies types, sub-type and period together."""
        return queryset

    def filter_queryset(self, queryset: QuerySet[SiteLevel]) -> QuerySet[SiteLevel]:
        """Keep the places with a fact of the chosen types in the chosen period.

        Without a period, keep the places where a finding of these types counts today, and a fact of the chosen
        sub-type was ever recorded.
        """
        sites = super().filter_queryset(queryset)
        period, types, subtype = self.chosen_period, self.form.cleaned_data["fact_type"], self._subtype
        if period is None:
            sites = sites.filter(self._with(_findings(self.place, types))) if types else sites
            return sites.filter(self._with(_recorded([], subtype))) if subtype else sites
        if period.recent and not (types or subtype):
            # The table of levels holds the last day already: facts need not be read.
            return sites.filter(last_day__gte=period.first)
        dated, spanned = _facts(period, types, subtype)
        return sites.filter(self._with(dated) | self._with(spanned))

    @property
    def chosen_period(self) -> Period | None:
        """The chosen period, None for any; a missing start is 1900, a missing end today."""
        data, today = self.form.cleaned_data, timezone.localdate()
        if data["period"] in _WINDOWS:
            return Period(today - dt.timedelta(int(data["period"]) - 1), today)
        since, until = data["since"], data["until"]
        if data["period"] != _BETWEEN or not (since or until):
            return None
        return Period(since or _EARLIEST, until or today)

    @property
    def days_recorded(self) -> Subquery | None:
        """The number of distinct days with such facts at a place, as a subquery; None without a period.

        Facts of unknown day count once for each distinct span.
        """
        if self.chosen_period is None:
            return None
        types = self.form.cleaned_data["fact_type"]
        days = Count(Func(F("day"), F("span_end"), function="ROW"), distinct=True)
        found = _recorded(types, self._subtype).filter(self._here, _touching(self.chosen_period))
        per_place = found.values(self.place).annotate(days=days).values("days")
        return Subquery(per_place, output_field=IntegerField())

    @property
    def _subtype(self) -> FactSubtype | None:
        # No filter of sub-types is offered where no territory has one.
        chosen: FactSubtype | None = self.form.cleaned_data.get("subtype")
        return chosen

    def _with(self, rows: QuerySet[Any]) -> Exists:
        # EXISTS rather than IN: with IN PostgreSQL would read all facts of the period even for a few places.
        return Exists(rows.filter(self._here))

    @property
    def _here(self) -> Q:
        # The indexes of facts begin with the residence: an address needs its residence beside it.
        return Q(**{key: OuterRef(key) for key in ("residence", self.place)})


class MapAddressFilter(MapFilter):
    """The same filter for addresses instead of residences."""

    place = "address"


def _findings(place: str, types: QuerySet[FactType]) -> QuerySet[Finding]:
    whole = place == "residence"
    return Finding.objects.filter(fact_type__in=types, address__isnull=whole).order_by()


def _recorded(types: Iterable[FactType], subtype: FactSubtype | None) -> QuerySet[Incident]:
    facts = Incident.objects.current().order_by()
    facts = facts.filter(subtype=subtype) if subtype else facts
    return facts.filter(fact_type__in=[kind.pk for kind in types]) if types else facts


def _touching(period: Period) -> Q:
    known = Q(span_end=None, day__gte=period.first)
    return Q(day__lte=period.last) & (known | Q(span_end__gte=period.first))


def _facts(
    period: Period, types: QuerySet[FactType], subtype: FactSubtype | None
) -> tuple[QuerySet[Incident], QuerySet[Incident]]:
    """Return the facts of known day and those of a span, apart: each set has a partial index of its own."""
    begun = _recorded(types, subtype).filter(day__lte=period.last)
    return begun.filter(span_end=None, day__gte=period.first), begun.filter(span_end__gte=period.first)
