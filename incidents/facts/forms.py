"""Define the forms to record, correct, answer and cancel a fact."""

import uuid
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import NameField, ReasonField, VersionedForm, field
from core.versions import State
from incidents.checks import COST_DECIMALS, COST_DIGITS, contradictions
from incidents.enums import PlaceKind, Source
from incidents.models import FactSubtype, FactType
from incidents.nomenclature.offered import at_place, offered
from incidents.shield.validators import COMPLAINT_LENGTH, complaint_number

from . import places
from .fields import PastDayField, ShieldedField, SubtypeField
from .placed_forms import PlacedForm
from .services import STATED, Fact


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

    reason = ReasonField(
        help_text=_("Par exemple : doublon, erreur d’adresse, fait démenti."),
    )
