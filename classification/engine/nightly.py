"""Evaluate every place at night, a few hundred residences at a time."""

import datetime as dt
import logging
from collections.abc import Iterator

from django.utils import timezone

from accounts.scope import system_scope
from sites.models import Residence

from .changed import forget_old_changes
from .services import MANY, evaluate

_LOGGER = logging.getLogger("palier.evaluation")


class EvaluationIncompleteError(Exception):
    """The error raised when some landlords could not be evaluated; all others were."""


def evaluate_everything(*, as_of: dt.date | None = None) -> int:
    """Replace the stored levels of every residence, landlord by landlord.

    Each slice of a landlord's residences is a transaction of its own, small enough to lock only these
    residences: facts can be recorded at all others meanwhile. A landlord whose evaluation fails keeps its
    former levels, and the next landlord is evaluated all the same.

    Args:
        as_of: the day to look back from; today in Paris by default, the same for all.

    Returns:
        How many places were evaluated.

    Raises:
        EvaluationIncompleteError: a landlord failed; all others were evaluated.
    """
    day = as_of or timezone.localdate()
    forget_old_changes(day)
    places = 0
    done: set[int] = set()
    failed = 0
    while (landlord_id := _next_landlord(done)) is not None:
        done.add(landlord_id)
        try:
            places += sum(evaluate(ids, as_of=day) for ids in slices(landlord_id))
        except Exception:
            failed += 1
            _LOGGER.exception("a landlord was not evaluated")
    if failed:
        message = f"{failed} of {len(done)} landlords were not evaluated"
        raise EvaluationIncompleteError(message)
    return places


def _next_landlord(done: set[int]) -> int | None:
    """Return the id of a landlord with residences that is not ``done``, None when all are.

    The table is read each time, so that a landlord added meanwhile is evaluated too.
    """
    with system_scope("evaluation"):
        left = Residence.objects.exclude(landlord_id__in=done).order_by("landlord_id")
        return left.values_list("landlord_id", flat=True).first()


def slices(landlord_id: int) -> Iterator[list[int]]:
    """Yield the ids of the residences of a landlord, :data:`.services.MANY` at a time."""
    last = 0
    while True:
        with system_scope("evaluation"):
            following = Residence.objects.filter(landlord_id=landlord_id, pk__gt=last).order_by("pk")
            ids = list(following.values_list("pk", flat=True)[:MANY])
        if not ids:
            return
        yield ids
        last = ids[-1]
