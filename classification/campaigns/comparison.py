"""Compare two campaigns of a territory site by site, and say why each site moved.

Sites are matched by the residence that was frozen. Compared is the level that counts: the retained one, else the proposed one.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from classification.method.scale import Mark
from classification.models import Campaign, Closing
from core.order import in_french
from incidents.retention.horizon import landlords_erased

from .sides import Frozen, Running, Side, Sites
from .whys import whys


class Move(TextChoices):
    """What became of a site from one campaign to the next, by the value that addresses write."""

    UP = "hausse", _("en hausse")
    DOWN = "baisse", _("en baisse")
    UNHEARD = "sans-comparaison", _("sans comparaison")
    NEW = "nouveaux", _("nouveau")
    GONE = "partis", _("n’y est plus")
    SAME = "inchanges", _("inchangé")


@dataclass(frozen=True, slots=True)
class Change:
    """What two campaigns say of a site.

    Attributes:
        before, after: what each says; None where it does not hold the site.
        why: the sentences that say why; empty until :func:`explained`.
    """

    before: Side | None
    after: Side | None
    move: Move
    why: tuple[str, ...] = ()

    @property
    def site(self) -> Side:
        """What the later of both says of it, by which it is named."""
        side = self.after or self.before
        assert side is not None  # noqa: S101 - one of both holds it
        return side

    @property
    def residence_id(self) -> int:
        """The id of the residence."""
        return self.site.residence_id

    @property
    def marks(self) -> tuple[int | None, int | None]:
        """What it is shown with in each; None where it is not."""
        return self.before and self.before.mark, self.after and self.after.mark

    @property
    def steps(self) -> int:
        """By how many levels it rose or fell."""
        return abs(self.after.shown - self.before.heard) if self.before and self.after else 0


def changes(before: Closing, after: Closing, *, manages: bool = True) -> list[Change]:
    """Return what became of each site from one closing to a later one, and why, in a constant number of queries.

    Args:
        before: a version of a campaign, with its campaign and grid.
        after: the same of a later campaign of the territory.
        manages: True for what agreements open to the territory, False for the acting lead's own sites.
    """
    sides = Frozen(before, manages), Frozen(after, manages)
    return explained(moves(*sides), *sides)


def changes_since(before: Closing, campaign: Campaign, *, manages: bool = True) -> list[Change]:
    """Return the same from a closing to what an open campaign proposes and its landlords retained so far."""
    sides = Frozen(before, manages), Running(campaign, manages)
    return explained(moves(*sides), *sides)


def moves(before: Sites, after: Sites) -> list[Change]:
    """Return what became of each site, without the reasons: what moved furthest first.

    The sites of a landlord whose frozen rows of the earlier campaign were erased at their term are left out.
    """
    then, now = before.read(), after.read()
    known = {side.landlord_id for side in then.values()}
    erased = landlords_erased(before.campaign.as_of) & set(before.campaign.landlords) - known
    pairs = [(then.get(pk), now.get(pk)) for pk in sorted(then | now)]
    found = [Change(one, other, move_of(one, other)) for one, other in pairs]
    return in_order([change for change in found if change.site.landlord_id not in erased])


def move_of(before: Side | None, after: Side | None) -> Move:
    """Return what became of a site.

    One whose recording stopped neither fell nor stayed; one that fell only because a disruption was not seen yet did not fall.
    """
    if before is None:
        return Move.NEW
    if after is None:
        return Move.GONE
    then, now = before.heard, after.shown
    if after.mark == Mark.STOPPED or (now < then and (after.silent or after.unseen)):
        return Move.UNHEARD
    if now == then:
        return Move.SAME
    return Move.UP if now > then else Move.DOWN


def explained(found: Sequence[Change], before: Sites, after: Sites) -> list[Change]:
    """Return changes with the sentences that say why, in a constant number of queries."""
    told = whys([(one.before, one.after) for one in found], before, after)
    return [replace(one, why=why) for one, why in zip(found, told, strict=True)]


_RANKS = {move: rank for rank, move in enumerate(Move)}
# How a list of changes is sorted, by the value that addresses write.
_KEYS: dict[str, Callable[[Change], Any]] = {
    "mouvement": lambda one: (_RANKS[one.move], -one.steps, -one.site.mark),
    "niveau": lambda one: (-one.site.mark,),
    "bailleur": lambda one: (in_french(one.site.landlord),),
    "commune": lambda one: (in_french(one.site.commune),),
    "logements": lambda one: (-one.site.dwellings,),
    "nom": lambda _one: (),
}
ORDERS = tuple(_KEYS)


def in_order(found: Sequence[Change], order: str = ORDERS[0]) -> list[Change]:
    """Return changes sorted by one of :data:`ORDERS`, by name among equals."""
    key = _KEYS[order]
    return sorted(found, key=lambda one: (*key(one), in_french(one.site.name), one.residence_id))


def numbers(found: Sequence[Change]) -> dict[Move, int]:
    """Count the sites by what became of them."""
    counted = Counter(one.move for one in found)
    return {move: counted[move] for move in Move}
