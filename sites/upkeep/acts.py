"""Hold places while a person acts on them, and keep what was done."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import State
from sites.changes import places_changed
from sites.enums import PlaceAct
from sites.models import Address, PlaceChange, Residence
from sites.perimeter import is_led

from .ledger import Ledger

_SUMMARY = 500


def hold_residences(*ids: int) -> list[Residence]:
    """Lock residences of a landlord that the person leads, in the order of ``ids``, and read them again.

    Raises:
        ValidationError: one of them is gone.
    """
    rows = Residence.objects.filter(is_led(), pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    held = {residence.pk: residence for residence in rows}
    if set(held) != set(ids):
        raise ValidationError(_("Cette résidence a été supprimée entre-temps : rien n’a été modifié."))
    return [held[pk] for pk in ids]


def hold_addresses(ids: Collection[int]) -> list[Address]:
    """Lock addresses of a landlord that the person leads, and read them again.

    Raises:
        ValidationError: one of them is gone.
    """
    rows = Address.objects.filter(is_led(), pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    held = list(rows)
    if len(held) != len(set(ids)):
        raise ValidationError(_("Cette adresse a été supprimée entre-temps : rien n’a été modifié."))
    return held


def state_of_residence(residence: Residence) -> State:
    """Return what a person was shown of a residence before acting on it."""
    addresses = Address.objects.apart().filter(residence=residence)
    return {
        "name": residence.name,
        "reference": residence.reference,
        "dwellings": residence.dwellings,
        "in_priority_neighbourhood": residence.in_priority_neighbourhood,
        "closed_on": residence.closed_on,
        "addresses": list(addresses.order_by("pk").values_list("pk", flat=True)),
    }


def state_of_address(address: Address) -> State:
    """Return what a person was shown of an address before acting on it."""
    names = ("label", "dwellings", "rnb_id", "ban_key", "closed_on", "residence_id", "merged_into_id")
    return {name: getattr(address, name) for name in names}


def check_open(*places: Residence | Address) -> None:
    """Refuse to build on a closed place.

    Raises:
        ValidationError: one of them is closed.
    """
    for place in places:
        if place.closed_on:
            raise ValidationError(_("%(place)s est fermée : rouvrez-la d’abord.") % {"place": place})


class Counts:
    """The numbers of dwellings of residences that are the sum of those of their addresses, before an act.

    After it they are that sum again; a number that a person or a file gave otherwise stays.

    Attributes:
        kept: the ids of those residences.
    """

    def __init__(self, residences: Iterable[Residence]) -> None:
        self.kept = [r.pk for r in residences if r.dwellings and r.dwellings == self.sum_of(r.pk)]

    def follow(self, ledger: Ledger) -> None:
        """Write the sums as they are now."""
        for pk in self.kept:
            ledger.update(Residence.objects.filter(pk=pk), dwellings=self.sum_of(pk))

    @staticmethod
    def sum_of(residence_id: int) -> int:
        """Return the sum of the dwellings of the open addresses of a residence."""
        open_ones = Address.objects.filter(residence=residence_id, closed_on=None).order_by()
        return open_ones.aggregate(sum=Sum("dwellings"))["sum"] or 0


def keep(
    scope: Scope,
    act: PlaceAct,
    residences: Iterable[Residence],
    summary: str,
    ledger: Ledger,
    reason: str = "",
) -> PlaceChange:
    """Keep an act with what takes it back, write its journal entry, and have levels evaluated again."""
    concerned = list(residences)
    change = PlaceChange.objects.create(
        landlord_id=concerned[0].landlord_id,
        act=act,
        residences=list(dict.fromkeys(residence.pk for residence in concerned)),
        summary=summary[:_SUMMARY],
        reason=reason,
        rows=ledger.rows,
        made_by_id=scope.user_id,
    )
    _tell(scope, AuditAction.UPDATE, change)
    return change


def mark_undone(scope: Scope, change: PlaceChange) -> None:
    """Mark an act as taken back, write its journal entry, and have levels evaluated again."""
    change.undone_at, change.undone_by_id = timezone.now(), scope.user_id
    change.save(update_fields=["undone_at", "undone_by"])
    _tell(scope, AuditAction.CANCEL, change)


def _tell(scope: Scope, action: AuditAction, change: PlaceChange) -> None:
    write_entry(
        scope,
        action,
        change,
        organisation_id=change.landlord_id,
        act=str(change.act),
        residences=change.residences,
    )
    places_changed(change.residences)
