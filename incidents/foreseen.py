"""Say which level a change would give a residence, before it is made: make it, read the level, take it back."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from .changes import level_of

# The field of a form in which the person agrees to the change of level that they were shown.
AGREED = "niveau"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The level of a residence, and the one that a change would give it."""

    before: int
    after: int

    @property
    def key(self) -> str:
        """The value of the field :data:`AGREED` of somebody who was shown exactly this."""
        return f"{self.before}-{self.after}"


def to_agree(request: HttpRequest, residence_id: int, change: Callable[[], object]) -> Foreseen | None:
    """Return the change of level to show before it is made; None where there is none, or the person agreed to it.

    The levels are evaluated by the change itself, in a savepoint that is taken back: no second rule can disagree with
    it. What is agreed to is the very change of level: after another answer, or another record meanwhile, it is asked anew.

    Args:
        request: the form that was sent.
        residence_id: the residence whose level is compared.
        change: the call of the service.
    """
    before = level_of(residence_id, None)
    with transaction.atomic():
        change()
        after = level_of(residence_id, None)
        transaction.set_rollback(True)
    if before is None or after is None or before == after:
        return None
    foreseen = Foreseen(before, after)
    return None if request.POST.get(AGREED) == foreseen.key else foreseen
