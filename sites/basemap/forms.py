"""Validate the rectangle that a map asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class BoundingBoxField(forms.CharField):
    """A field for ``west,south,east,north`` in degrees."""

    def clean(self, value: Any) -> tuple[float, float, float, float]:
        """Return the four numbers.

        Raises:
            ValidationError: the text is not four numbers, or they are no rectangle.
        """
        try:
            west, south, east, north = (float(part) for part in super().clean(value).split(","))
        except ValueError as error:
            raise ValidationError(_("Le cadre de la carte est illisible.")) from error
        if not (-540 <= west < east <= 540 and -90 <= south < north <= 90):  # noqa: PLR2004 - degrees
            raise ValidationError(_("Le cadre de la carte est illisible."))
        return west, south, east, north


class BoundsForm(forms.Form):
    """A form of a rectangle of a map."""

    bbox = BoundingBoxField()
