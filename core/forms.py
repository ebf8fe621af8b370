"""Lay out forms: labels above fields, days as the browser picks them."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


class LabelledHelper(FormHelper):
    """Labels above fields; the template writes the form element and its button."""

    form_tag = False


class LabelledForm(forms.Form):
    """A form laid out by :class:`LabelledHelper`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = LabelledHelper()


class DayInput(forms.DateInput):
    """The browser's own choice of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
