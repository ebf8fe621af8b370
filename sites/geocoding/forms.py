"""Define the forms of an address's point, and of many at once."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import VersionedForm, field
from sites.enums import PlacementWay
from sites.imports.reading.contract import ENDINGS

from .coordinates import read_coordinates

_MOST_BYTES = 5 * 2**20
_LONGEST_PASTE = 400_000
_DIGITS = 19
_ELSEWHERE = _(
    "Ces nombres ne sont ni des degrés de France, dans un ordre ou l’autre, ni des coordonnées Lambert-93."
)


class DegreesField(forms.FloatField):
    """A field for degrees, with a point or a comma."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(localize=False, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        """Return the number."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class PlaceForm(VersionedForm):
    """A form of a longitude and a latitude: clicked or dragged on the map, typed, or pasted together."""

    pasted = forms.CharField(
        label=_("Coller des coordonnées"),
        required=False,
        max_length=200,
        help_text=_("Latitude et longitude, dans un ordre ou l’autre ; virgule ou point ; Lambert-93 aussi."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    longitude = DegreesField(label=_("Longitude"), min_value=-180, max_value=180)
    latitude = DegreesField(label=_("Latitude"), min_value=-90, max_value=90)
    way = forms.ChoiceField(
        choices=[(way.value, way.label) for way in (PlacementWay.MAP, PlacementWay.CANDIDATE)],
        required=False,
        widget=forms.HiddenInput,
    )
    turned = False

    def clean(self) -> dict[str, Any]:
        """Take the pasted coordinates if there are any, and ask for both numbers otherwise."""
        data = super().clean() or {}
        if pasted := data.pop("pasted", ""):
            self._take(pasted, data)
        for name in ("longitude", "latitude"):
            if data.get(name) is None and name not in self.errors and not self.errors.get("pasted"):
                self.add_error(name, _("Cliquez sur la carte : le point s’inscrit ici."))
        data["way"] = data.get("way") or PlacementWay.MAP
        return data

    def _take(self, pasted: str, data: dict[str, Any]) -> None:
        written = read_coordinates(pasted)
        if written.found is None:
            self.add_error(
                "pasted", _ELSEWHERE if written.elsewhere else _("Aucune coordonnée n’est lisible ici.")
            )
            return
        self.turned = written.found.turned
        data["way"] = PlacementWay.PASTED
        for name in ("longitude", "latitude"):
            # The page of a conflict gives the recorded value of the field that it was chosen for.
            if self.data.get(f"keeps-{name}") != "theirs":
                data[name] = getattr(written.found, name)
                self.errors.pop(name, None)


class PlacementForm(forms.Form):
    """A form of many positions of one landlord's addresses: pasted lines or a file."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Bailleur"), empty_label=None)
    lines = forms.CharField(
        label=_("Lignes collées"),
        required=False,
        max_length=_LONGEST_PASTE,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "wrap": "off"}),
        help_text=_(
            "Une adresse par ligne, puis ses coordonnées ; ou les seules coordonnées, dans l’ordre de la liste ci-contre."
            " Latitude et longitude dans un ordre ou l’autre, virgule ou point."
        ),
    )
    file = forms.FileField(
        label=_("Fichier"),
        required=False,
        max_length=255,
        help_text=_(
            "Tableur, CSV ou GeoJSON : une colonne d’adresse, de clé BAN, d’identifiant RNB ou de référence, et la position"
            " (latitude et longitude, une seule colonne, ou Lambert-93)."
        ),
    )
    listed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation_ids: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.filter(pk__in=organisation_ids)
        field(self, "organisation", forms.ModelChoiceField).queryset = own
        self.fields["organisation"].initial = own.first()
        if own.count() == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
        self.fields["file"].widget.attrs["accept"] = ",".join(ENDINGS)

    def clean_file(self) -> "UploadedFile[bytes] | None":
        """Refuse a file that is too large to be read at once."""
        file = cast("UploadedFile[bytes] | None", self.cleaned_data.get("file"))
        if file and (file.size or 0) > _MOST_BYTES:
            raise forms.ValidationError(
                _("Ce fichier est trop grand : %(limit)s au plus.") % {"limit": filesizeformat(_MOST_BYTES)}
            )
        return file

    def clean_listed(self) -> list[int]:
        """Return the ids of the addresses that the page lists."""
        # A longer one is no id, and Python refuses to read thousands of digits.
        written = [pk for pk in self.cleaned_data["listed"].split() if pk.isdecimal() and len(pk) < _DIGITS]
        return [int(pk) for pk in written]

    def clean(self) -> dict[str, Any]:
        """Ask for lines or a file, not for both."""
        data = super().clean() or {}
        if not self.errors and bool(data.get("file")) == bool(data.get("lines", "").strip()):
            message = _("Collez des lignes ou choisissez un fichier, l’un des deux.")
            self.add_error("lines", message)
        return data
