"""Say why the kind of an organisation cannot change any more, in the words of what rests on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg import errors

_RELIED_ON = "organisation_kind_is_not_relied_on"


@contextmanager
def kind_kept() -> Iterator[None]:
    """Refuse a change of kind that the database refuses, and say what rests on it and what to do instead.

    Raises:
        ValidationError: of the field ``kind``.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, errors.CheckViolation) and cause.diag.constraint_name == _RELIED_ON:
            raise ValidationError({"kind": _refusal(cause.diag.message_detail or "")}) from error
        raise


def _refusal(tables: str) -> str:
    named = {model._meta.db_table: str(model._meta.verbose_name_plural) for model in apps.get_models()}
    resting = sorted({named[table] for table in tables.split() if table in named})
    said = _(
        "Cet organisme a déjà servi (%(what)s) : sa nature ne change plus. Une proposition de rôle encore en attente"
        " peut être retirée. Sinon, donnez-lui un nom qui l’écarte, puis enregistrez un organisme de la bonne nature."
    )
    return said % {"what": ", ".join(resting)}
