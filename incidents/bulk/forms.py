"""Define the form of an act on many facts."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.forms import ReasonField, field
from incidents.enums import Act
from incidents.facts import places
from incidents.facts.fields import PlaceField
from incidents.facts.nomenclature import by_family
from incidents.facts.placed_forms import PlacedForm
from incidents.facts.services import Place
from incidents.models import FactType

from .services import Asked


class BulkForm(PlacedForm):
    """The form of what is done to each of the chosen facts: cancelled, moved to a place, or given a type.

    Args:
        landlord: the id of the landlord of the facts.
    """

    act = forms.ChoiceField(label=_("Que faire de ces faits ?"), choices=Act, widget=forms.RadioSelect)
    reason = ReasonField(
        required=False,
        help_text=_("Par exemple : fichier importé deux fois, mauvaise résidence, faits démentis."),
    )
    place = PlaceField(label=_("Où ?"), required=False)
    fact_type = forms.ModelChoiceField(
        FactType.objects.all(), label=_("Nouvelle nature"), empty_label=_("Choisir…"), required=False
    )

    def __init__(self, *args: Any, landlord: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._landlord = landlord
        groups = by_family(list(FactType.objects.all()))
        choices = [(family, [(t.pk, str(t)) for t in types]) for family, types in groups]
        field(self, "fact_type", forms.ModelChoiceField).choices = [("", _("Choisir…")), *choices]

    def clean_place(self) -> Place | None:
        """Refuse a place of another landlord."""
        place: Place | None = self.cleaned_data["place"]
        if place is not None and place.landlord_id != self._landlord:
            raise forms.ValidationError(_("Ce lieu n’est pas au bailleur de ces faits."))
        return place

    def clean(self) -> dict[str, Any]:
        """Ask for what the act needs, and forget the answers to what it does not."""
        super().clean()
        data = self.cleaned_data
        needed = {Act.CANCEL: "reason", Act.MOVE: "place", Act.RETYPE: "fact_type"}.get(data.get("act", ""))
        missing = {
            "reason": _("Dites pourquoi ces faits sont annulés."),
            "place": _("Choisissez une adresse ou une résidence."),
            "fact_type": _("Choisissez la nature que ces faits prennent."),
        }
        if needed and not data.get(needed) and needed not in self.errors:
            self.add_error(needed, missing[needed])
        none = {"reason": "", "place": None, "fact_type": None}
        return data | {name: value for name, value in none.items() if name != needed}

    @property
    def asked(self) -> Asked:
        """The act of the valid form."""
        return Asked(**{name: self.cleaned_data[name] for name in ("act", "reason", "place", "fact_type")})

    @cached_property
    def place_choices(self) -> list[places.Choice]:
        """Return the chosen place alone: of the last used ones none is more likely than another."""
        chosen = places.recordable(self.chosen_place)
        return [places.Choice.of(chosen)] if chosen else []

    @property
    def chosen_place(self) -> str:
        """Return the key of the selected place: none is selected before a person has chosen."""
        return str(self["place"].value() or "")
