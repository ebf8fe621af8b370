"""Define what every form with a place has."""

import datetime as dt
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.scope import Scope
from core.forms import field
from sites.zones import today_at, zone_of

from . import places
from .fields import PastDayField, PlaceField


class PlacedForm(forms.Form):
    """A form with a place, chosen among the last used ones or by a search."""

    place = PlaceField(label=_("Où ?"))
    # The ids of the page's elements for fields made of several elements.
    groups: ClassVar[dict[str, str]] = {"place": "place"}

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        field(self, "place", PlaceField).kept = str(self.initial.get("place") or "")

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the chosen place; that of Paris while none is."""
        place = places.recordable(self.chosen_place) or places.closed(self.chosen_place)
        return zone_of(place.commune.department if place else "")

    @property
    def today(self) -> dt.date:
        """Return the current day at the chosen place."""
        return timezone.localdate(timezone=self.zone)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return the initial value of a field; of a day that opens on the current one, the day at the place."""
        if isinstance(field, PastDayField) and field.opens_today and field_name not in self.initial:
            return self.today
        return super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        """Refuse days that are still to come at the place."""
        super().clean()
        place = self.cleaned_data.get("place")
        today = today_at(place.commune.department if place else "")
        for name, asked in self.fields.items():
            if isinstance(asked, PastDayField) and name in self.cleaned_data:
                try:
                    asked.check(self.cleaned_data[name], today)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return self.cleaned_data

    @cached_property
    def last_places(self) -> list[places.Choice]:
        """Return the last used places."""
        return places.last_used(self.scope.user_id, places.AT_HAND)

    @cached_property
    def place_choices(self) -> list[places.Choice]:
        """Return the chosen place, the last used ones, and all one's own if they are few.

        The page shows the first of them; offline, where no search is possible, it shows all.
        """
        chosen = places.recordable(str(self["place"].value() or ""))
        first = [places.Choice.of(chosen)] if chosen else []
        return list(dict.fromkeys(first + self.last_places + places.few_own()))[: places.AT_HAND]

    @property
    def nowhere(self) -> bool:
        """True when there is no place to choose, whatever one searches for."""
        return not self.place_choices and not places.exist()

    @property
    def may_import(self) -> bool:
        """True for a security lead, who can bring residences by a file."""
        return self.scope.has(Role.LEAD)

    @property
    def chosen_place(self) -> str:
        """Return the key of the selected place: on a new form, that of the last one used."""
        answered = str(self["place"].value() or "")
        fresh = not self.is_bound and not answered and self.last_places
        return self.last_places[0].key if fresh else answered

    def answers(self) -> list[forms.BoundField]:
        """Return the visible fields except the place."""
        return [field for field in self.visible_fields() if field.name != "place"]

    def faults(self) -> list[tuple[str, str]]:
        """Return the element id and the label of each visible field with errors."""
        wrong = [field for field in self.visible_fields() if field.errors]
        return [
            (self.groups.get(f.name) or f.id_for_label or f"div_{f.auto_id}", str(f.label)) for f in wrong
        ]


class HereForm(forms.Form):
    """The form of a person's position, which is used for one search and stored nowhere."""

    longitude = forms.FloatField(min_value=-180, max_value=180)
    latitude = forms.FloatField(min_value=-90, max_value=90)
