"""Define the forms that choose other places: to merge with, to move to, to split."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sites.changes import followers
from sites.enums import MergedDwellings
from sites.match_key import along_the_street
from sites.models import Address, Residence

from .acts import Counts
from .forms import NewAddressForm, NewResidenceFields, PlaceActForm

# How many records of a kind a person may choose among, the latest first.
MOST_RECORDS = 300


def _sorted(addresses: Iterable[Address]) -> list[tuple[int, str]]:
    return [(a.pk, a.label) for a in sorted(addresses, key=lambda address: along_the_street(address.label))]


class _ResidenceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """A choice of an open residence, by its name and its reference."""

    def label_from_instance(self, residence: Residence) -> str:
        """Return the text of a choice."""
        return f"{residence.name} · {residence.reference}"


def beside(residence: Residence) -> QuerySet[Residence]:
    """Return the other open residences of the landlord in the commune, in the order of their names."""
    others = Residence.objects.open().filter(landlord=residence.landlord_id, commune=residence.commune_id)
    return others.exclude(pk=residence.pk).order_by("name__french", "pk")


class _Counted(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """A choice of a place that stays, with how many dwellings it has."""

    def label_from_instance(self, place: Residence | Address) -> str:
        """Return the text of a choice."""
        name = place.label if isinstance(place, Address) else f"{place.name} · {place.reference}"
        return f"{name} · {said_dwellings(place.dwellings)}"


def said_dwellings(number: int) -> str:
    """Return a number of dwellings as it is said."""
    return ngettext("%(n)s logement", "%(n)s logements", number) % {"n": intcomma(number)}


class _MergeForm(PlaceActForm):
    """A form of the place that another one is merged into, and of the dwellings that both count."""

    dwellings = forms.ChoiceField(
        label=_("Comment compter leurs logements ?"), choices=MergedDwellings, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, own: int, others: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]  # of a choice of rows
        if not own:
            del self.fields["dwellings"]
            return
        said = _("Celle-ci compte %(dwellings)s. Si l’autre n’en compte aucun, elle les reprend.")
        self.fields["dwellings"].help_text = said % {"dwellings": said_dwellings(own)}


class MergeResidenceForm(_MergeForm):
    """The form of the residence that another one is merged into."""

    into = _Counted(Residence.objects.none(), label=_("Avec quelle résidence ?"), empty_label=_("Choisir…"))
    field_order = ("into", "dwellings")

    def __init__(self, *args: Any, residence: Residence, **kwargs: Any) -> None:
        own = residence.dwellings or Counts.sum_of(residence.pk)
        super().__init__(*args, own=own, others=beside(residence), **kwargs)


class MergeAddressForm(_MergeForm):
    """The form of the address that another one is merged into: one of its residence, or one that reads alike."""

    into = _Counted(Address.objects.none(), label=_("Avec quelle adresse ?"), empty_label=_("Choisir…"))
    field_order = ("into", "dwellings")

    def __init__(self, *args: Any, address: Address, **kwargs: Any) -> None:
        super().__init__(*args, own=address.dwellings, others=alike(address), **kwargs)


def alike(address: Address) -> QuerySet[Address]:
    """Return the open addresses that may be the same door as another one."""
    own = Address.objects.open().filter(landlord=address.landlord_id, commune=address.commune_id)
    same = Q(residence=address.residence_id) | Q(match_key=address.match_key)
    for name in ("rnb_id", "ban_key"):
        if value := getattr(address, name):
            same |= Q(**{name: value})
    return own.filter(same).exclude(pk=address.pk).order_by("label__french", "pk")


class _AddressesForm(PlaceActForm):
    """A form of some addresses of a residence."""

    addresses = forms.ModelMultipleChoiceField(
        Address.objects.none(), label=_("Quelles adresses ?"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, residence: Residence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Address.objects.filter(residence=residence, closed_on=None)
        self.fields["addresses"].queryset = held  # type: ignore[attr-defined]  # of a choice of rows
        self.fields["addresses"].choices = _sorted(held)  # type: ignore[attr-defined]  # along the street

    def clean_addresses(self) -> list[Address]:
        """Return the chosen addresses along their streets."""
        chosen = list(self.cleaned_data["addresses"])
        return sorted(chosen, key=lambda address: along_the_street(address.label))


class MoveForm(_AddressesForm):
    """The form of addresses and of the residence that they move to."""

    to = _ResidenceChoice(
        Residence.objects.none(), label=_("Vers quelle résidence ?"), empty_label=_("Choisir…")
    )

    def __init__(self, *args: Any, residence: Residence, **kwargs: Any) -> None:
        super().__init__(*args, residence=residence, **kwargs)
        self.fields["to"].queryset = beside(residence)  # type: ignore[attr-defined]  # of a choice of rows


class SplitResidenceForm(NewResidenceFields, _AddressesForm):
    """The form of addresses that become a new residence, with its name and reference."""

    field_order = ("addresses", "name", "reference")


class SplitAddressForm(NewAddressForm):
    """The form of a second address made of one, and of what goes there."""

    postcode = None  # type: ignore[assignment]  # it is that of the first one
    field_order = ("label", "dwellings")

    def __init__(self, *args: Any, address: Address, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dwellings"].help_text = _("Pris sur ceux de cette adresse.")
        self._kinds = {_name(model): model for model in followers()}
        for name, model in self._kinds.items():
            if choices := _records_at(model, address):
                self.fields[name] = forms.TypedMultipleChoiceField(
                    label=_said(model), choices=choices, coerce=int, required=False,
                    widget=forms.CheckboxSelectMultiple,
                )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Gather the chosen records by model."""
        super().clean()
        data = self.cleaned_data
        chosen = {model: data.pop(name, []) for name, model in self._kinds.items()}
        return data | {"records": chosen}


def _name(model: type[models.Model]) -> str:
    return f"records_{model._meta.model_name}"


def _said(model: type[models.Model]) -> str:
    return str(capfirst(str(model._meta.verbose_name_plural)))


def _records_at(model: type[models.Model], address: Address) -> list[tuple[int, str]]:
    typed = ["fact_type"] if any(field.name == "fact_type" for field in model._meta.fields) else []
    rows = model._default_manager.filter(address=address).select_related("residence", "address", *typed)
    return [(row.pk, str(row)) for row in rows.order_by("-pk")[:MOST_RECORDS]]
