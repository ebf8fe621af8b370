"""Filter by one record, which the query string names as addresses do: by no number that counts other people's."""

from typing import Any, cast

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Model
from django_filters.fields import ModelChoiceField

from core.opaque import read, written


class _NumberedField(ModelChoiceField):
    """A choice of a record by what :func:`core.opaque.written` writes for it.

    Args:
        kind: one of :data:`core.opaque.KINDS`.
    """

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def to_python(self, value: Any) -> Model | None:
        """Return the record."""
        if value and not isinstance(value, Model):
            try:
                value = read(self.kind, str(value))
            except ValueError as error:
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error
        return cast("Model | None", super().to_python(value))

    def prepare_value(self, value: Any) -> Any:
        """Return what the form writes for a record; what was typed stays as it is."""
        return written(self.kind, value.pk) if isinstance(value, Model) else value


class NumberedFilter(filters.ModelChoiceFilter):
    """A filter by a record of a kind, an argument of :class:`_NumberedField`."""

    field_class = _NumberedField
