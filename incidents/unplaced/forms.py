"""Define the forms to place and to discard a fact."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.forms import ReasonField
from incidents.facts import places
from incidents.facts.placed_forms import PlacedForm
from incidents.facts.services import Place
from incidents.models import UnplacedFact
from sites.models import Address


class ChoosePlaceForm(PlacedForm):
    """The form of the place of a fact: one of its suggestions, or another place found by a search."""

    all_alike = forms.BooleanField(label=_("De même pour tous ceux qui disent ce même lieu"), required=False)

    def __init__(
        self, *args: Any, fact: UnplacedFact, addresses: dict[int, Address], others: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._landlord = fact.landlord_id
        self._suggested = [places.Choice.of(addresses[pk]) for pk in fact.candidates if pk in addresses]
        if not others:
            del self.fields["all_alike"]

    def clean_place(self) -> Place:
        """Refuse a place of another landlord than the fact's."""
        place: Place = self.cleaned_data["place"]
        if place.landlord_id != self._landlord:
            raise forms.ValidationError(
                _("Ce lieu n’est pas au bailleur de ce fait : choisissez-en un autre.")
            )
        return place

    @cached_property
    def place_choices(self) -> list[places.Choice]:
        """Return the chosen place and the suggestions, the best first."""
        chosen = places.recordable(str(self["place"].value() or ""))
        first = [places.Choice.of(chosen)] if chosen else []
        known = {choice.key for choice in self._suggested}
        return [*(choice for choice in first if choice.key not in known), *self._suggested]

    @property
    def chosen_place(self) -> str:
        """Return the key of the selected place: none is selected before a person has chosen."""
        return str(self["place"].value() or "")


class DiscardForm(forms.Form):
    """The form of the reason for which a fact is discarded."""

    reason = ReasonField(help_text=_("Par exemple : hors de notre patrimoine, doublon."))
