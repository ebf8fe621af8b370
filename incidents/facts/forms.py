"""Define the forms to record, correct and cancel a fact, and their fields."""

import datetime as dt
import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.scope import Scope
from core.forms import NameField, VersionedForm, field
from core.versions import State
from incidents.checks import COST_DECIMALS, COST_DIGITS, contradictions
from incidents.days import EARLIEST, fault_anywhere, fault_of
from incidents.enums import PlaceKind, Source
from incidents.models import FactSubtype, FactType
from incidents.nomenclature.offered import at_place, offered
from incidents.shield.validators import COMPLAINT_LENGTH, complaint_number, names_nobody
from sites.zones import today_at, zone_of

from . import places
from .services import STATED, Fact, Place

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


class SubtypeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # theirs takes none when it runs
    """A field for a sub-type of a territory; its choices stand under the names of their types."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(FactSubtype.objects.select_related("fact_type"), **kwargs)

    def offer(self, subtypes: Iterable[FactSubtype]) -> None:
        """Offer these sub-types, which are in the order of their types."""
        groups = groupby(subtypes, lambda subtype: subtype.fact_type)
        named = [(str(kind), [(one.pk, one.label) for one in ones]) for kind, ones in groups]
        self.choices = [("", self.empty_label or ""), *named]


class FactForm(VersionedForm, PlacedForm):
    """The form of a fact: place, type and day; everything else is optional."""

    groups: ClassVar[dict[str, str]] = {"place": "place", "fact_type": "what"}
    renewed = ""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    fact_type = forms.ModelChoiceField(
        FactType.objects.all(),
        label=_("Quoi ?"),
        error_messages={"required": _("Choisissez la nature du fait.")},
    )
    subtype = SubtypeField(label=_("Précision"), required=False, empty_label=_("Sans précision"))
    day = PastDayField(label=_("Jour"), opens_today=True)
    span_end = PastDayField(label=_("Et au plus tard le"), required=False)
    place_kind = forms.ChoiceField(
        label=_("Lieu précis"), choices=[("", _("Non précisé")), *PlaceKind.choices], required=False
    )
    time = forms.TimeField(
        label=_("Heure"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    source = forms.ChoiceField(label=_("Signalé par"), choices=Source, initial=Source.STAFF)
    complaint_filed = forms.BooleanField(label=_("Une plainte a été déposée"), required=False)
    complaint_reference = NameField(
        label=_("Numéro de plainte"),
        required=False,
        max_length=COMPLAINT_LENGTH,
        validators=[complaint_number],
    )
    damage_cost = forms.DecimalField(
        label=_("Coût des dégâts (€)"),
        required=False,
        min_value=0,
        max_digits=COST_DIGITS,
        decimal_places=COST_DECIMALS,
        localize=True,
    )
    narrative = ShieldedField(
        label=_("Précisions"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("500 caractères au maximum. Ni nom, ni numéro, ni description d’une personne."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("subtype")
        found = offered(kept=kept)
        if found or kept:
            field(self, "subtype", SubtypeField).offer(found)
        else:
            del self.fields["subtype"]

    @property
    def says_more(self) -> bool:
        """True when an optional field has a value or an error: the page then unfolds them."""
        names = ("place_kind", "time", "complaint_filed", "complaint_reference", "damage_cost", "narrative")
        other_source = self["source"].value() != Source.STAFF
        return other_source or any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        """Check the rules that concern several fields."""
        super().clean()
        data = self.cleaned_data
        found = contradictions(
            day=data.get("day"),
            span_end=data.get("span_end"),
            complaint_filed=bool(data.get("complaint_filed")),
            complaint_reference=data.get("complaint_reference", ""),
        )
        for name, fault in found.items():
            self.add_error(name, str(fault))
        if subtype := data.get("subtype"):
            self._check_subtype(subtype)
        return data

    def _check_subtype(self, subtype: FactSubtype) -> None:
        """Take the sub-type of the place's territory; refuse one of another type or of no territory of the place."""
        data = self.cleaned_data
        fact_type, place = data.get("fact_type"), data.get("place")
        if fact_type is None or place is None:
            return
        kept = subtype == self.initial.get("subtype") and place == self.initial.get("where")
        there = subtype if kept else at_place(subtype, place.commune_id)
        if subtype.fact_type_id != fact_type.pk:
            self.add_error("subtype", _("Cette précision est celle d’une autre nature."))
        elif there is None:
            self.add_error("subtype", _("Cette précision n’est pas proposée à ce lieu."))
        else:
            data["subtype"] = there

    def renew(self) -> None:
        """Replace the token, so that the next submission of these values records another fact.

        ``renewed`` keeps the former one, by which the phone finds the fact in its queue.
        """
        data = cast("QueryDict", self.data).copy()
        self.renewed = str(data["token"])
        data["token"] = str(uuid.uuid4())
        self.data = data

    def fact(self) -> Fact:
        """Return the fact of the valid form."""
        data = self.cleaned_data
        stated = {name: data[name] for name in STATED if name in data}
        return Fact(place=data["place"], narrative=data["narrative"], **stated)


def initial_of(state: State) -> dict[str, Any]:
    """Return the initial values of the form of a recorded fact."""
    return {**state, "place": places.Choice.of(state["place"]).key, "where": state["place"]}


class ReplyForm(VersionedForm):
    """The form of the answer to whoever entered a fact."""

    answer = ShieldedField(
        label=_("Réponse"),
        max_length=200,
        required=False,
        help_text=_("Par exemple : serrurier demandé pour jeudi. Laissez vide pour la retirer."),
    )


class CancelForm(VersionedForm):
    """The form of the reason for which a fact is cancelled, as it was when the form was opened."""

    reason = ShieldedField(
        label=_("Motif"),
        max_length=200,
        help_text=_("Par exemple : doublon, erreur d’adresse, fait démenti."),
    )
