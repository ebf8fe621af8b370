"""Say which levels a change would give, before it is made: make it, read the levels, and take it back unless agreed to."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sites.changes import Marks
from sites.foreseen import Tried, try_out
from sites.models import Address, Residence

# The field of a form in which the person agrees to the changes of level that they were shown.
AGREED = "niveau"
_DIGITS = 32
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Move:
    """A place whose level changes.

    Attributes:
        place: the name of the place.
        residence_id: its residence.
        address_id: its address, None for the residence as a whole.
        before: its level, 0 where recording stopped; so is ``after``.
    """

    place: str
    residence_id: int
    address_id: int | None
    before: int
    after: int

    @property
    def would(self) -> str:
        """The sentence before the change."""
        if not self.after:
            return (
                _(
                    "%(place)s : la saisie serait marquée comme interrompue, le niveau %(before)s ne serait plus montré."
                )
                % self._said
            )
        if not self.before:
            return _("%(place)s, dont la saisie est interrompue, passerait au niveau %(after)s.") % self._said
        return _("%(place)s passerait du niveau %(before)s au niveau %(after)s.") % self._said

    @property
    def does(self) -> str:
        """The sentence after the change."""
        if not self.after:
            return (
                _(
                    "%(place)s : la saisie est marquée comme interrompue, le niveau %(before)s n’est plus montré."
                )
                % self._said
            )
        if not self.before:
            return _("%(place)s, dont la saisie était interrompue, passe au niveau %(after)s.") % self._said
        return _("%(place)s passe du niveau %(before)s au niveau %(after)s.") % self._said

    @property
    def _said(self) -> dict[str, str | int]:
        return {"place": self.place, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Attempt(Generic[_Made]):
    """A change that was tried: made, or taken back for the person to agree to the levels that it would give.

    Attributes:
        made: what the service returned; of a change that was taken back too.
        asks: True when it was taken back.
        moves: the places whose level changes, the residences first.
        seal: what the person agrees to beside the levels.
    """

    made: _Made
    asks: bool
    moves: list[Move] = field(default_factory=list)
    seal: str = ""

    @property
    def key(self) -> str:
        """The value of the field :data:`AGREED` of somebody who was shown exactly this."""
        return key_of(self.moves, self.seal)

    @property
    def told(self) -> str:
        """The changes of level in words, after the change; empty when there are none."""
        return " ".join(move.does for move in self.moves)


def attempt(
    request: HttpRequest,
    residence_ids: Collection[int],
    change: Callable[[], _Made],
    *,
    seal: Callable[[_Made], str] | None = None,
) -> Attempt[_Made]:
    """Make a change, unless it gives another level and the person has not agreed to exactly that: then take it back.

    What is agreed to are the very changes of level: after another answer, or another record meanwhile, they are
    asked anew.

    Args:
        request: the form that was sent.
        residence_ids: the residences whose levels, and those of their addresses, are compared.
        change: the call of the service.
        seal: returns what else the person agrees to, as a key; with one, the change is shown even where no level
            changes, and a residence is called by its name.
    """

    def judge(tried: Tried[_Made]) -> tuple[Attempt[_Made], bool]:
        moves = moves_between(tried.before, tried.after, named=seal is not None)
        sealed = seal(tried.made) if seal else ""
        asks = bool(moves or sealed) and request.POST.get(AGREED) != key_of(moves, sealed)
        return Attempt(tried.made, asks, moves, sealed), not asks

    return try_out(residence_ids, change, judge)


def moves_between(before: Marks, after: Marks, *, named: bool = False) -> list[Move]:
    """Return the places whose level differs, the residences first; a place that has no level in both is left out.

    Args:
        before: what the places were shown with before the change.
        after: those after it.
        named: whether a residence is called by its name even where it is the only one.
    """
    differing = [place for place in before if place in after and before[place] != after[place]]
    residences = Residence.objects.in_bulk({residence for residence, _address in differing})
    addresses = Address.objects.in_bulk({address for _residence, address in differing if address})
    alone = not named and len({residence for residence, _address in before}) == 1
    moves = []
    for place in sorted(differing, key=lambda place: (place[1] is not None, place[0], place[1] or 0)):
        residence, address = place
        where = (
            addresses[address].label
            if address
            else _("La résidence")
            if alone
            else residences[residence].name
        )
        moves.append(Move(where, residence, address, before[place], after[place]))
    return moves


def key_of(moves: Collection[Move], seal: str = "") -> str:
    """Return the value that stands for these changes of level, and for what ``seal`` stands for."""
    said = [f"{move.residence_id}/{move.address_id or ''}:{move.before}-{move.after}" for move in moves]
    return hashlib.sha256(" ".join([*said, seal]).encode()).hexdigest()[:_DIGITS]
