"""Tell apart the constraints of the database that a write may meet because of what others write meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from psycopg import errors


@contextmanager
def refused_as(refusal: Exception) -> Iterator[None]:
    """Raise ``refusal`` when the block writes a row that a uniqueness or an exclusion constraint refuses.

    A look-up before the write finds neither a row outside the perimeter of the acting person nor one that
    another transaction is about to commit. The block is a savepoint: what was done before it stays, and
    the transaction goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.UniqueViolation | errors.ExclusionViolation):
            raise refusal from error
        raise


def refers_to_nothing(error: BaseException | None) -> bool:
    """Say whether ``error`` is a write about a row that another transaction has deleted meanwhile.

    The database finds it where the statement is made, or, since most foreign keys are deferred, at the commit.
    """
    return isinstance(error, IntegrityError) and isinstance(error.__cause__, errors.ForeignKeyViolation)
