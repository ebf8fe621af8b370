"""Offer records to choose from by what addresses write for them: a number would count the records of everybody."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django_filters.fields import ModelChoiceField as FilterField

from .opaque import read, written

# Of a primary key, a bigint.
_DIGITS = 19
# The kinds of records whose model has another name.
_KINDS = {"factsubtype": "subtype"}


def _opaque(kind: str, value: Any) -> Any:
    """Return what addresses write for a number, typed or not; any other value as it is."""
    if isinstance(value, str) and value.isdecimal() and len(value) < _DIGITS:
        value = int(value)
    return written(kind, value) if type(value) is int else value


class _Opaque:
    """What the fields share; a number typed by somebody, or kept in a saved list, is read as well."""

    @property
    def _kind(self) -> str:
        field = cast("forms.ModelChoiceField[Any]", self)
        name = str(cast("QuerySet[Any]", field.queryset).model._meta.model_name)
        return _KINDS.get(name, name)

    def prepare_value(self, value: Any) -> Any:
        """Return what the form writes for a record, or for its number; what was typed otherwise stays as it is."""
        return _opaque(self._kind, value.pk if isinstance(value, Model) else value)

    def to_python(self, value: Any) -> Model | None:
        """Return the record."""
        if isinstance(value, str):
            # Else it is a number, or no choice.
            with suppress(ValueError):
                value = str(read(self._kind, value))
        return cast("Model | None", super().to_python(value))  # type: ignore[misc]  # the field beside it has one


class OpaqueChoiceField(_Opaque, forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """A choice of a record of a form."""


class OpaqueNumberField(forms.TypedChoiceField):
    """A choice among records that the form alone looks up; its value is their number.

    Args:
        kind: one of :data:`core.opaque.KINDS`.
    """

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        super().__init__(coerce=partial(read, kind), empty_value=None, **kwargs)
        self._kind = kind

    def offer(self, choices: Iterable[tuple[int, str]], empty: str | Promise) -> None:
        """Offer records, each by its number and its name, after the choice of none."""
        self.choices = [("", empty), *((written(self._kind, number), name) for number, name in choices)]

    def to_python(self, value: Any) -> str:
        """Return what is written for the number."""
        return cast("str", super().to_python(_opaque(self._kind, value)))


class _OpaqueFilterField(_Opaque, FilterField):
    """A choice of a record of a filter."""


class OpaqueChoiceFilter(django_filters.ModelChoiceFilter):
    """A filter by a record that the person chooses."""

    field_class = _OpaqueFilterField
