"""Define the forms of a standing observation, of a disruption, and of their end."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import field
from incidents.enums import Extent, ObservedFrequency, Service
from incidents.facts.forms import PastDayField, PlacedForm
from incidents.facts.nomenclature import by_family
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
            (ObservedFrequency.OCCASIONAL, _("Occasionnelle : plusieurs fois par an")),
        ],
    )
    since = PastDayField(label=_("Depuis le"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = by_family(list(FactType.objects.all()))
        choices = [(family, [(t.pk, str(t)) for t in types]) for family, types in groups]
        field(self, "fact_type", forms.ModelChoiceField).choices = [("", _("Choisir…")), *choices]


class DisruptionForm(PlacedForm):
    """The form of a disruption of a service or a piece of equipment."""

    service = forms.ChoiceField(label=_("Quoi ?"), choices=[("", _("Choisir…")), *Service.choices])
    extent = forms.ChoiceField(label=_("À quel point ?"), choices=Extent, widget=forms.RadioSelect)
    starts_on = PastDayField(label=_("Depuis le"), initial=timezone.localdate)
    ends_on = PastDayField(
        label=_("Jusqu’au (inclus)"), required=False, help_text=_("Laissez vide si cela dure encore.")
    )
    recurs_daily = forms.BooleanField(label=_("Se répète chaque jour"), required=False)

    def clean(self) -> dict[str, Any]:
        """Check that the disruption does not end before it starts."""
        super().clean()
        data = self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("La fin précède le début."))
        return data


class EndForm(forms.Form):
    """The form of the day on which an observation or a disruption ended."""

    on = PastDayField(label=_("Terminé le"), initial=timezone.localdate)

    def __init__(self, *args: Any, since: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since = since

    def clean_on(self) -> dt.date:
        """Refuse a day before the first day."""
        day: dt.date = self.cleaned_data["on"]
        if day < self._since:
            raise forms.ValidationError(_("La fin précède le début."))
        return day
