"""Try an act on places or records: make it, read the levels before and after, and take it back unless it may stay."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import transaction

from .changes import Marks, marks_of

_Made = TypeVar("_Made")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Tried(Generic[_Made]):
    """An act that was just made, in a savepoint.

    Attributes:
        made: what the service returned.
        before: what the residences and their addresses were shown with before it.
        after: those after it.
    """

    made: _Made
    before: Marks
    after: Marks


def try_out(
    residence_ids: Collection[int],
    act: Callable[[], _Made],
    judge: Callable[[Tried[_Made]], tuple[_Found, bool]],
    *,
    others: Callable[[_Made], Collection[int]] = lambda _made: (),
) -> _Found:
    """Make an act in a savepoint; take it back unless it may stay.

    The levels are evaluated by the act itself: no second rule can disagree with it.

    Args:
        residence_ids: the residences whose levels, and those of their addresses, are compared.
        act: the call of the service.
        judge: says what is to be told of the act, and whether it stays; called while it is made.
        others: returns further residences to compare, which the act may have created.
    """
    before = marks_of(residence_ids)
    with transaction.atomic():
        made = act()
        after = marks_of([*dict.fromkeys([*residence_ids, *others(made)])])
        found, stays = judge(Tried(made, before, after))
        if not stays:
            transaction.set_rollback(True)
    return found
