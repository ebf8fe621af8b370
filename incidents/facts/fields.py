"""Define the fields of facts and of what lasts: short free text, days, places and sub-types."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.days import EARLIEST, fault_anywhere, fault_of
from incidents.models import FactSubtype
from incidents.shield.validators import names_nobody

from . import places
from .services import Place

_DAY_FAULTS = {"future": _("Cette date est dans le futur."), "too_old": _("Vérifiez l’année.")}


class ShieldedField(forms.CharField):
    """A field of short free text that may name or describe nobody."""

    def run_validators(self, value: str) -> None:
        """Run the shield last, on texts of allowed length only: on megabytes it would take minutes."""
        super().run_validators(value)
        names_nobody(value)


class PastDayField(forms.DateField):
    """A field for a day that is not in the future; its form checks that against the current day at the place.

    Args:
        opens_today: whether a new form shows the current day at its place.
    """

    def __init__(self, *, opens_today: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        self.opens_today = opens_today
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        """Return the earliest day, for the browser's calendar."""
        return {"min": EARLIEST.isoformat()}

    def validate(self, value: dt.date | None) -> None:
        """Refuse a day in the future everywhere, or before :data:`incidents.days.EARLIEST`."""
        super().validate(value)
        self._refuse(fault_anywhere(value) if value else "")

    def check(self, value: dt.date | None, today: dt.date) -> None:
        """Refuse a day in the future at a place where it is ``today``."""
        self._refuse(fault_of(value, today) if value else "")

    def _refuse(self, fault: str) -> None:
        if fault:
            raise forms.ValidationError(_DAY_FAULTS[fault], code=fault)


class PlaceField(forms.CharField):
    """A field for an address or a whole residence of one's own; it cleans to the place itself."""

    default_error_messages = {
        "required": _("Choisissez une adresse ou une résidence."),
        "invalid": _("Ce lieu n’existe pas, ou ne vous est pas ouvert : cherchez-le à nouveau."),
        "closed": _("%(place)s est fermée dans Palier : choisissez un autre lieu, ou faites-la rouvrir."),
    }
    # The key of the place of the record that is corrected, which may stay there even once it is closed.
    kept = ""

    def clean(self, value: str) -> Place | None:
        """Return the place of the key; None for no key where none is required."""
        key = super().clean(value)
        place = places.recordable(key)
        if place is None and (shut := places.closed(key)):
            if self.kept == key:
                return shut
            raise forms.ValidationError(self.error_messages["closed"] % {"place": shut}, code="closed")
        if key and place is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return place


class SubtypeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # theirs takes none when it runs
    """A field for a sub-type of a territory; its choices stand under the names of their types."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(FactSubtype.objects.select_related("fact_type"), **kwargs)

    def offer(self, subtypes: Iterable[FactSubtype]) -> None:
        """Offer these sub-types, which are in the order of their types."""
        groups = groupby(subtypes, lambda subtype: subtype.fact_type)
        named = [(str(kind), [(one.pk, one.label) for one in ones]) for kind, ones in groups]
        self.choices = [("", self.empty_label or ""), *named]
