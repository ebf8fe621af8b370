"""Say which levels an act on places would change, before it is made: make it, read the levels, take it back."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from sites.changes import Marks
from sites.foreseen import Tried, try_out
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

    Args:
        request: the form that was sent.
        residences: the residences that the act concerns.
        act: the call of the service; it may make a residence.
    """

    def judge(tried: Tried[PlaceChange | None]) -> tuple[Agreement, bool]:
        return Agreement(_changes(tried, asked)), False

    asked = [residence.pk for residence in residences]
    agreement = try_out(asked, act, judge, others=lambda made: made.residences if made else ())
    unasked = not agreement.changes or request.POST.get(AGREED) == agreement.key
    return None if unasked else agreement


def _changes(tried: Tried[PlaceChange | None], asked: Collection[int]) -> list[Foreseen]:
    """Return the residences whose level an act changes; one that is closed has no level before, or none after."""
    made = tried.made.residences if tried.made else ()
    concerned = Residence.objects.in_bulk([*asked, *made])
    before, after = _of_residences(tried.before), _of_residences(tried.after)
    levels = {pk: (before.get(pk), after.get(pk)) for pk in sorted(concerned)}
    return [Foreseen(concerned[pk], was, level) for pk, (was, level) in levels.items() if was != level]


def _of_residences(marks: Marks) -> dict[int, int]:
    """Return what residences as a whole are shown with, by id."""
    return {residence: mark for (residence, address), mark in marks.items() if address is None}
