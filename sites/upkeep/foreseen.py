"""Say which levels an act on places would change, before it is made: make it, read the levels, take it back."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from sites.changes import Marks
from sites.foreseen import Tried, try_out
from sites.models import Address, PlaceChange, Residence

# The field of a form in which the person agrees to the changes of level that they were shown.
AGREED = "niveaux"
_QUIET = 1


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The level of a place, and the one that an act would give it; 0 where recording stopped, None without any.

    Attributes:
        residence: the residence.
        address: its address that it is about; None for the residence as a whole.
    """

    residence: Residence
    before: int | None
    after: int | None
    address: Address | None = None

    @property
    def place(self) -> str:
        """What the place is called."""
        return f"{self.address} · {self.residence}" if self.address else str(self.residence)


class Agreement:
    """The changes of level to agree to."""

    def __init__(self, changes: list[Foreseen]) -> None:
        self.changes = changes

    @property
    def key(self) -> str:
        """The value of the field :data:`AGREED` of somebody who was shown exactly this."""
        # A place that the act makes has another id each time.
        said = sorted(
            f"{c.address.label}/{c.residence.name}:{c.before}-{c.after}"
            if c.address
            else f"{c.residence.name}:{c.before}-{c.after}"
            for c in self.changes
        )
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
    """Return the residences and then the addresses whose level an act changes; a closed one has none before, or none after."""
    made = tried.made.residences if tried.made else ()
    concerned = Residence.objects.in_bulk([*asked, *made])
    before, after = _of_residences(tried.before), _of_residences(tried.after)
    levels = {pk: (before.get(pk), after.get(pk)) for pk in sorted(concerned)}
    changes = [Foreseen(concerned[pk], was, level) for pk, (was, level) in levels.items() if was != level]
    unclassed = {pk for pk, both in levels.items() if None in both}
    return changes + [one for one in _addresses(tried) if one.residence.pk not in unclassed]


def _addresses(tried: Tried[PlaceChange | None]) -> list[Foreseen]:
    """Return the addresses whose level an act changes, but for quiet ones that come or go."""
    before, after = _of_addresses(tried.before), _of_addresses(tried.after)
    levels = {pk: (before.get(pk), after.get(pk)) for pk in before.keys() | after.keys()}
    told = {pk: both for pk, both in levels.items() if both[0] != both[1] and set(both) != {None, _QUIET}}
    named = Address.objects.filter(pk__in=told).select_related("residence").order_by("label__french", "pk")
    return [Foreseen(address.residence, *told[address.pk], address) for address in named]


def _of_residences(marks: Marks) -> dict[int, int]:
    """Return what residences as a whole are shown with, by id."""
    return {residence: mark for (residence, address), mark in marks.items() if address is None}


def _of_addresses(marks: Marks) -> dict[int, int]:
    """Return what addresses are shown with, by id."""
    return {address: mark for (_residence, address), mark in marks.items() if address is not None}
