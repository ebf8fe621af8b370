"""Define the forms by which the stock is put right."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput, LabelledForm, NameField, ReasonField, VersionedForm
from sites import identifiers
from sites.imports.guard import validate_about_nobody
from sites.match_key import parse

MOST_DWELLINGS = 100_000


class PlaceActForm(VersionedForm, LabelledForm):
    """A form of a place."""


class _TextField(NameField):
    """A field for a name, which is not that of a person."""

    default_validators = [validate_about_nobody]


class ReasonForm(PlaceActForm):
    """A form with the reason of an act."""

    reason = ReasonField(
        help_text=_("Par exemple : démolie, vendue, saisie deux fois."),
    )


class CloseForm(ReasonForm):
    """The form of the day from which a place counts no more."""

    on = forms.DateField(label=_("Ne compte plus à partir du"), widget=DayInput())
    field_order = ("on", "reason")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def clean_on(self) -> dt.date:
        """Refuse a day to come: until then the place is one to record at."""
        on: dt.date = self.cleaned_data["on"]
        if on > self._today:
            raise ValidationError(_("Ce jour est encore à venir : fermez-la ce jour-là."))
        return on


class ActForm(PlaceActForm):
    """The form of an act that needs no other word than yes."""


class NewResidenceFields(PlaceActForm):
    """The fields of the name and the reference of a new residence."""

    name = _TextField(label=_("Nom de la nouvelle résidence"), max_length=200)
    reference = _TextField(label=_("Sa référence du bailleur"), max_length=60)


class ResidenceForm(PlaceActForm):
    """The form of what was entered of a residence."""

    name = _TextField(label=_("Nom"), max_length=200)
    reference = _TextField(
        label=_("Référence du bailleur"),
        max_length=60,
        help_text=_(
            "L’ancienne référence reste connue : vos fichiers retrouvent la résidence par l’une et l’autre."
        ),
    )
    dwellings = forms.IntegerField(
        label=_("Logements"),
        min_value=0,
        max_value=MOST_DWELLINGS,
        help_text=_("Laissez la somme des adresses, elle suivra ; un autre nombre reste tel quel."),
    )
    in_priority_neighbourhood = forms.BooleanField(label=_("En quartier prioritaire (QPV)"), required=False)


class NewAddressForm(PlaceActForm):
    """The form of an address that is added by hand."""

    label = forms.CharField(
        label=_("Adresse"),
        max_length=200,
        help_text=_("Numéro, rue, et s’il y a lieu bâtiment ou entrée : « 12 bis rue des Essais, bât. A »."),
        validators=(validate_about_nobody,),
    )
    postcode = forms.RegexField(
        r"^[0-9]{5}$", label=_("Code postal"), required=False,
        error_messages={"invalid": _("Un code postal a cinq chiffres.")},
    )  # fmt: skip
    dwellings = forms.IntegerField(label=_("Logements"), min_value=0, max_value=MOST_DWELLINGS, initial=0)

    def clean_label(self) -> str:
        """Refuse a text in which no address is read."""
        label: str = self.cleaned_data["label"]
        if not parse(label).key:
            raise ValidationError(_("Aucune adresse ne se lit dans ce texte."))
        return label


class AddressForm(NewAddressForm):
    """The form of the text, the dwellings and the identifiers of an address."""

    postcode = None  # type: ignore[assignment]  # it is not asked again
    rnb_id = forms.CharField(label=_("Identifiant RNB du bâtiment"), required=False, max_length=20)
    ban_key = forms.CharField(label=_("Clé BAN"), required=False, max_length=40)

    def clean_rnb_id(self) -> str:
        """Return the identifier as it is stored."""
        return self._identifier("rnb_id", identifiers.rnb_id(self.cleaned_data["rnb_id"]))

    def clean_ban_key(self) -> str:
        """Return the key as it is stored."""
        return self._identifier("ban_key", identifiers.ban_key(self.cleaned_data["ban_key"]))

    def _identifier(self, name: str, read: str) -> str:
        if self.cleaned_data[name] and not read:
            raise ValidationError(
                _("Un identifiant RNB a douze lettres et chiffres, comme 1GA7PBYM1QDY.")
                if name == "rnb_id"
                else _("Une clé BAN s’écrit comme 75112_1234_00012 ou 75112_1234_00012_bis.")
            )
        return read
