"""Define the forms of a standing observation, of a disruption, and of their end."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import VersionedForm, field
from incidents.enums import Extent, ObservedFrequency, Service
from incidents.facts.fields import PastDayField
from incidents.facts.nomenclature import by_family
from incidents.facts.placed_forms import PlacedForm
from incidents.models import FactType


class ObservationForm(PlacedForm):
    """The form of a standing observation: its type, place, frequency and first day."""

    fact_type = forms.ModelChoiceField(FactType.objects.all(), label=_("Quoi ?"), empty_label=_("Choisir…"))
    frequency = forms.TypedChoiceField(
        label=_("À quelle fréquence ?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (ObservedFrequency.DAILY, _("Quotidienne : plusieurs fois par semaine")),
            (ObservedFrequency.REGULAR, _("Régulière : plusieurs fois par mois")),
            (ObservedFrequency.OCCASIONAL, _("Ponctuelle : plusieurs fois par an")),
        ],
    )
    since = PastDayField(label=_("Depuis le"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = by_family(list(FactType.objects.all()))
        choices = [(family, [(t.pk, str(t)) for t in types]) for family, types in groups]
        field(self, "fact_type", forms.ModelChoiceField).choices = [("", _("Choisir…")), *choices]


class _HourField(forms.TimeField):
    """A field for an hour of the day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        super().__init__(required=False, **kwargs)


class ExtentForm(forms.Form):
    """The extent of a disruption, with the hours of an impossible presence of the staff."""

    extent = forms.ChoiceField(label=_("À quel point ?"), choices=Extent, widget=forms.RadioSelect)
    hours_from = _HourField(label=_("Présence impossible à partir de"))
    hours_until = _HourField(label=_("jusqu’à"), help_text=_("Avant l’heure de début : le lendemain."))

    def clean(self) -> dict[str, Any]:
        """Ask for the hours of an impossible presence, and forget those of any other extent."""
        super().clean()
        data = self.cleaned_data
        if data.get("extent") != Extent.IMPOSSIBLE:
            return data | {"hours_from": None, "hours_until": None}
        for name in ("hours_from", "hours_until"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Dites sur quels horaires la présence est impossible."))
        if data.get("hours_from") and data.get("hours_from") == data.get("hours_until"):
            self.add_error("hours_until", _("Les deux horaires sont les mêmes."))
        return data


class RereadForm(VersionedForm, ExtentForm):
    """The form that reads a disruption entered under the former rule again."""


class DisruptionForm(ExtentForm, PlacedForm):
    """The form of a disruption of a service or a piece of equipment."""

    service = forms.ChoiceField(label=_("Quoi ?"), choices=[("", _("Choisir…")), *Service.choices])
    starts_on = PastDayField(label=_("Depuis le"), opens_today=True)
    ends_on = PastDayField(
        label=_("Jusqu’au (inclus)"), required=False, help_text=_("Laissez vide si cela dure encore.")
    )
    recurs_daily = forms.BooleanField(label=_("Se répète chaque jour"), required=False)

    field_order = ("place", "service", "extent", "hours_from", "hours_until")

    def clean(self) -> dict[str, Any]:
        """Check that the disruption does not end before it starts."""
        data = super().clean()
        if data.get("extent") == Extent.IMPOSSIBLE and data.get("service") not in {
            "",
            Service.STAFF_PRESENCE,
        }:
            self.add_error("extent", _("Cette réponse est celle de la présence du personnel seule."))
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("La fin précède le début."))
        return data


class ObservationCorrection(VersionedForm, ObservationForm):
    """The form that corrects a standing observation, its end included."""

    ended_on = PastDayField(
        label=_("Terminé le"), required=False, help_text=_("Laissez vide si cela dure encore.")
    )

    def clean(self) -> dict[str, Any]:
        """Check that the observation does not end before it starts."""
        super().clean()
        data = self.cleaned_data
        since, end = data.get("since"), data.get("ended_on")
        if since and end and end < since:
            self.add_error("ended_on", _("La fin précède le début."))
        return data


class DisruptionCorrection(VersionedForm, DisruptionForm):
    """The form that corrects a disruption."""


class EndForm(VersionedForm):
    """The form of the day on which an observation or a disruption ended.

    Args:
        since: its first day.
        today: the current day at its place.
    """

    on = PastDayField(label=_("Terminé le"))

    def __init__(self, *args: Any, since: dt.date, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since, self._today = since, today
        self.fields["on"].initial = today

    def clean_on(self) -> dt.date:
        """Refuse a day before the first day, or still to come at the place."""
        day: dt.date = self.cleaned_data["on"]
        field(self, "on", PastDayField).check(day, self._today)
        if day < self._since:
            raise forms.ValidationError(_("La fin précède le début."))
        return day
