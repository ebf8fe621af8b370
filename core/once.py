"""Have what a form makes made once, where it is sent again from another tab or by the back button."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

# How long the same words of the same person are one sending.
WITHIN = dt.timedelta(minutes=10)


class MadeAlreadyError(Exception):
    """The error of making again what was just made; nothing is written.

    Attributes:
        record: what was made.
    """

    def __init__(self, record: Any) -> None:
        super().__init__(record.pk)
        self.record = record


def refuse_again(rows: QuerySet[Any], **said: Any) -> None:
    """Refuse to make a record that says the same as one of ``rows`` of a moment ago; of two at once the second waits.

    Args:
        rows: the records that the person made and that count still, each with the moment ``created_at``.
        said: the columns that the form writes, with their values.

    Raises:
        MadeAlreadyError: there is one.
    """
    words = "/".join(str(value.pk if isinstance(value, Model) else value) for value in said.values())
    one_at_a_time(f"{rows.model._meta.label}/{words}")
    known = rows.filter(**said, created_at__gt=timezone.now() - WITHIN).order_by("pk").first()
    if known is not None:
        raise MadeAlreadyError(known)


def one_at_a_time(key: str) -> None:
    """Lock ``key`` until the end of the transaction, so that concurrent submissions of one fact are serialised."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
