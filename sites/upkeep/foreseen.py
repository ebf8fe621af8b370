"""Say which levels an act on places would change, before it is made: make it, read the levels, take it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from sites.changes import marks_of
from sites.models import PlaceChange, Residence

# The field of a form in which the person agrees to the changes of level that they were shown.
AGREED = "niveaux"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The level of a residence, and the one that an act would give it; 0 where recording stopped, None without any."""

    residence: Residence
    before: int | None
    after: int | None


class Agreement:
    """The changes of level to agree to."""

    def __init__(self, changes: list[Foreseen]) -> None:
        self.changes = changes

    @property
    def key(self) -> str:
        """The value of the field :data:`AGREED` of somebody who was shown exactly this."""
        # A residence that the act makes has another id each time.
        said = sorted(f"{c.residence.name}:{c.before}-{c.after}" for c in self.changes)
        return " ".join(said)


def to_agree(
    request: HttpRequest, residences: Iterable[Residence], act: Callable[[], PlaceChange | None]
) -> Agreement | None:
    """Return the changes of level to show before an act; None where there is none, or the person agreed to them.

    Levels are evaluated by the act itself, in a savepoint that is taken back.

    Args:
        request: the form that was sent.
        residences: the residences that the act concerns.
        act: the call of the service; it may make a residence.
    """
    # One that is closed has no mark before, and may have one after.
    asked = [residence.pk for residence in residences]
    before = _marks(asked)
    with transaction.atomic():
        made = act()
        concerned = Residence.objects.in_bulk([*asked, *(made.residences if made else ())])
        marks = _marks(concerned)
        after = {pk: (residence, marks.get(pk)) for pk, residence in concerned.items()}
        transaction.set_rollback(True)
    changes = [
        Foreseen(residence, before.get(pk), level)
        for pk, (residence, level) in sorted(after.items())
        if before.get(pk) != level
    ]
    agreement = Agreement(changes)
    return None if not changes or request.POST.get(AGREED) == agreement.key else agreement


def _marks(residence_ids: Iterable[int]) -> dict[int, int]:
    """Return what residences as a whole are shown with, by id."""
    found = marks_of(list(residence_ids))
    return {residence: mark for (residence, address), mark in found.items() if address is None}
