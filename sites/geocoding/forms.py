"""Define the form of an address's point."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import VersionedForm


class PlaceForm(VersionedForm):
    """A form of a longitude and a latitude, clicked on the map or typed."""

    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, localize=False)
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, localize=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.fields["longitude"], self.fields["latitude"]):
            field.widget.attrs["step"] = "any"
            field.error_messages["required"] = _("Cliquez sur la carte : le point s’inscrit ici.")
