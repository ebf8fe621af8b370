"""Lay out forms: labels above fields, days as the browser picks them."""

from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from django import forms

_Field = TypeVar("_Field", bound=forms.Field)


def field(form: forms.BaseForm, name: str, kind: type[_Field]) -> _Field:
    """Return the field ``name`` of ``form``, known to be of ``kind``.

    Raises:
        TypeError: it is of another.
    """
    found = form.fields[name]
    if not isinstance(found, kind):
        message = f"{name} is a {type(found).__name__}"
        raise TypeError(message)
    return found


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


class VersionedForm(forms.Form):
    """A form that writes a whole record: it says which version of it was there when it was opened.

    Without ``version`` the form makes a record, and there is none. It is not required: a form that names
    no version reaches the service, which refuses it as it does one of a former version.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version:
            self.initial = {**self.initial, "version": version}
        else:
            del self.fields["version"]
