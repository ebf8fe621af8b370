"""Choose what the indicators count: a period, the one to compare with, a territory, a landlord, a residence, a family of facts."""

from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from classification.readers import sees_several_landlords
from classification.residence.filters import LANDLORDS
from core.choices import OpaqueChoiceFilter
from core.dates import long_date
from incidents.days import EARLIEST
from incidents.enums import Family
from incidents.facts.numbered import NumberedFilter
from incidents.models import Incident
from sites.models import Residence, Territory
from sites.territory_filter import TerritoryFilter

from . import periods
from .periods import BETWEEN, MOST_DAYS, PREVIOUS, YEAR_BEFORE, Period

_SHOWN_QUARTERS = 6


class PeriodForm(forms.Form):
    """The form of the two periods; without any choice, the last quarter that has ended beside that of a year before.

    After its validation ``chosen`` and ``compared`` are the periods.
    """

    chosen: Period
    compared: Period

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(periods.offered(timezone.localdate()))
        between = (BETWEEN, _("Entre deux dates"))
        relative = [(YEAR_BEFORE, _("Un an plus tôt")), (PREVIOUS, _("La période précédente"))]
        self.fields["period"].widget.choices = [*offered, between]
        self.fields["against"].widget.choices = [*relative, *offered]

    def clean(self) -> dict[str, Any]:
        """Work out the two periods, and refuse those that have not begun or are too long."""
        super().clean()
        today = timezone.localdate()
        chosen = self._chosen()
        if chosen is None:
            return self.cleaned_data
        self.chosen = chosen
        code = self.cleaned_data.get("against") or YEAR_BEFORE
        compared = periods.against(chosen, code, today)
        if compared is None:
            self.add_error("against", ValidationError(_("Cette période n’existe pas.")))
        else:
            self.compared = compared
            for name, one in (("period", chosen), ("against", compared)):
                if one.first > today:
                    self.add_error(name, ValidationError(_("Cette période n’a pas commencé.")))
        return self.cleaned_data

    def _chosen(self) -> Period | None:
        code = self.cleaned_data.get("period") or periods.default(timezone.localdate()).code
        if code == BETWEEN:
            return self._between()
        if found := periods.read(code):
            return found
        self.add_error("period", ValidationError(_("Cette période n’existe pas.")))
        return None

    def _between(self) -> Period | None:
        first, last = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if not (first and last):
            # A day that cannot be read has its own message already.
            for name in ("since", "until"):
                if name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, ValidationError(_("Choisissez le premier et le dernier jour.")))
        elif last < first:
            self.add_error("until", ValidationError(_("La fin de la période précède son début.")))
        elif first < EARLIEST:
            earliest = {"day": long_date(EARLIEST)}
            self.add_error(
                "since", ValidationError(_("Aucun fait n’est plus ancien que le %(day)s."), params=earliest)
            )
        elif (last - first).days >= MOST_DAYS:
            self.add_error("until", ValidationError(_("Une période a trois ans au plus.")))
        else:
            return Period(first, last)
        return None


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d")


class IndicatorFilter(filters.FilterSet):
    """The filter of the indicators; the query string of the page holds the chosen values."""

    period = filters.CharFilter(
        label=_("Période"), widget=forms.Select({"class": "form-select"}), method="unfiltered", max_length=10
    )
    since = filters.DateFilter(label=_("Du"), widget=_day(), method="unfiltered")
    until = filters.DateFilter(label=_("Au"), widget=_day(), method="unfiltered")
    against = filters.CharFilter(
        label=_("Comparée à"),
        widget=forms.Select({"class": "form-select"}),
        method="unfiltered",
        max_length=10,
    )
    family = filters.ChoiceFilter(
        label=_("Famille"), field_name="fact_type__family", choices=Family, empty_label=_("Toutes")
    )
    territory = TerritoryFilter()
    landlord = OpaqueChoiceFilter(label=_("Bailleur"), queryset=LANDLORDS, empty_label=_("Tous"))
    residence = NumberedFilter(
        kind="residence", label=_("Résidence"), queryset=Residence.objects.all(), widget=forms.HiddenInput
    )

    request: ScopedRequest
    form: PeriodForm

    class Meta:
        model = Incident
        fields = ()
        form = PeriodForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_several_landlords(self.request.scope):
            del self.filters["landlord"], self.filters["territory"]

    def unfiltered(self, queryset: Any, _name: str, _value: Any) -> Any:
        """Return the queryset as it is: facts are counted by period where they are counted."""
        return queryset

    @property
    def places(self) -> dict[str, int]:
        """The landlord and the residence chosen, as conditions on any record of a place."""
        data = self.form.cleaned_data
        return {name: data[name].pk for name in ("landlord", "residence") if data.get(name)}

    @property
    def shared_with(self) -> Territory | None:
        """The territory chosen, None for all that the person sees."""
        found: Territory | None = self.form.cleaned_data.get("territory")
        return found

    @property
    def said(self) -> dict[str, str]:
        """What is chosen, for the journal."""
        data = self.form.cleaned_data
        chosen = {"period": self.form.chosen, "against": self.form.compared}
        said = {name: f"{one.first:%Y-%m-%d}/{one.last:%Y-%m-%d}" for name, one in chosen.items()}
        chosen_places = self.places | ({"territory": self.shared_with.pk} if self.shared_with else {})
        return said | {name: str(pk) for name, pk in chosen_places.items()} | {
            name: data[name] for name in ("family",) if data.get(name)
        }  # fmt: skip


def with_values(query: QueryDict, **values: str) -> str:
    """Return the query of the page with some values replaced; an empty one is left out."""
    changed = query.copy()
    for name, value in values.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return "?" + changed.urlencode()


def steps(query: QueryDict, form: PeriodForm) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the rows of links that choose the periods: a title, and of each link its words, its query, whether it holds.

    One click chooses a quarter, another the quarter to compare it with.
    """
    today = timezone.localdate()
    quarters = list(reversed(periods.quarters(today, _SHOWN_QUARTERS)))
    against = form.cleaned_data.get("against") or YEAR_BEFORE
    relative = ((YEAR_BEFORE, _("un an plus tôt")), (PREVIOUS, _("la période précédente")))
    chosen = [
        (one.short, with_values(query, period=one.code, since="", until=""), one == form.chosen)
        for one in quarters
    ]
    compared = [
        *((str(words), with_values(query, against=code), against == code) for code, words in relative),
        *((one.short, with_values(query, against=one.code), against == one.code) for one in quarters if one != form.chosen),
    ]  # fmt: skip
    return [(str(_("Période")), chosen), (str(_("Comparée à")), compared)]
