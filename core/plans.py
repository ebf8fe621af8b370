"""Choose how the planner joins, where its statistics cannot know the tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def joining_sets() -> Iterator[None]:
    """Have the planner join by hashing or sorting within the block, which lies in a transaction.

    The statistics do not know the rows that the running transaction wrote, nor those of one that just
    ended, nor how many pairs of a landlord and a commune a territory shares. For what it takes to be empty,
    or to be a few, the planner would choose nested loops, whose cost is the product of both sides.
    """
    _set("off")
    yield
    # After an error nothing needs to be set back: the transaction ends, and with it what is set locally.
    _set("on")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [value])
