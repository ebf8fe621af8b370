"""Provide the common form classes: labels above fields, native date inputs, the version of the record."""

from collections.abc import Callable
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .text import clean, letters_in

_Field = TypeVar("_Field", bound=forms.Field)
_LETTERS_OF_A_REASON = 3


def field(form: forms.BaseForm, name: str, kind: type[_Field]) -> _Field:
    """Return the field ``name`` of ``form``, typed as ``kind``.

    Raises:
        TypeError: the field is of another kind.
    """
    found = form.fields[name]
    if not isinstance(found, kind):
        message = f"{name} is a {type(found).__name__}"
        raise TypeError(message)
    return found


class LabelledHelper(FormHelper):
    """The layout of a form with labels above fields; the template writes the form element and its button."""

    form_tag = False


class LabelledForm(forms.Form):
    """A form laid out by :class:`LabelledHelper`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = LabelledHelper()


class NameField(forms.CharField):
    """A field for a name or a title, stored as :func:`core.text.clean` returns it."""

    def to_python(self, value: Any) -> str:
        """Return the cleaned name; empty when none of its characters is visible."""
        return clean(super().to_python(value) or "")


class AddressField(forms.EmailField):
    """A field for an e-mail address, in small letters without accents.

    PostgreSQL and Python take some other letters, as the long s, for a letter of ASCII in another case: one address
    would be found under the name of another.
    """

    default_error_messages = {"invalid": _("Cette adresse e-mail n’est pas complète.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Adresse e-mail"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the address in small letters, or refuse one with a letter outside of ASCII."""
        address = super().clean(value)
        if not address.isascii():
            raise ValidationError(_("Une adresse e-mail s’écrit sans accent ni signe particulier."))
        return address.lower()


_shields: list[Callable[[str], None]] = []


def register_shield(validate: Callable[[str], None]) -> None:
    """Register the validator that refuses a text that may name, reach or describe a person; incidents does."""
    if validate not in _shields:
        _shields.append(validate)


def validate_about_nobody(text: str) -> None:
    """Refuse a text that may name, reach or describe a person.

    Raises:
        ValidationError: it may; the message quotes the passages.
    """
    for validate in _shields:
        validate(text)


class AboutNobodyField(NameField):
    """A field for a short free text that is kept: a reason, a purpose, the name of a thing. It names nobody."""

    def run_validators(self, value: str) -> None:
        """Run the shield last, on texts of allowed length only: on megabytes it would take minutes."""
        super().run_validators(value)
        validate_about_nobody(value)


class ReasonField(AboutNobodyField):
    """A field for the written reason of an act, read later by whoever asks why: it says something, and names nobody."""

    default_error_messages = {"says_nothing": _("Dites le motif en quelques mots.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Motif"))
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def run_validators(self, value: str) -> None:
        """Refuse what holds fewer letters than a word has, a dot or a blank that passes for a letter."""
        super().run_validators(value)
        if value and letters_in(value) < _LETTERS_OF_A_REASON:
            raise ValidationError(self.error_messages["says_nothing"], code="says_nothing")


class DayInput(forms.DateInput):
    """A native date input of the browser."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class VersionedForm(forms.Form):
    """A form that writes a whole record and sends along the version it was opened on.

    A form made without ``version`` creates a record and has no such field. The field is not required: a form
    sent without a version reaches the service, which refuses it like one sent with an outdated version.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version:
            self.initial = {**self.initial, "version": version}
        else:
            del self.fields["version"]
