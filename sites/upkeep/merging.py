"""Merge two addresses that are the same door, and two residences that are the same."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.scope import Scope
from core.versions import check_version
from sites.changes import followers, mentions
from sites.enums import MergedDwellings, PlaceAct
from sites.models import Address, PlaceChange, Residence, ResidenceAlias, ResidenceAssignment
from sites.zones import today_at

from .acts import (
    Counts,
    check_open,
    hold_addresses,
    hold_residences,
    keep,
    state_of_address,
    state_of_residence,
)
from .ledger import Ledger
from .services import alias_of


@transaction.atomic
def merge_addresses(
    scope: Scope, *, address: Address, into: Address, version: str, dwellings: str = MergedDwellings.ONCE
) -> PlaceChange:
    """Merge an address into another one: everything recorded at it is at the other one from now on.

    The merged one stays, closed and without dwellings, so that files find the other one by its text and its identifiers.

    Args:
        scope: who acts.
        address: the address that gives way.
        into: the address that stays.
        version: the version of the first one that the person was shown.
        dwellings: how those of both are counted, a value of :class:`MergedDwellings`.

    Raises:
        StaleError: the address has changed since ``version``.
        ValidationError: they are not two open addresses of a landlord in a commune.
    """
    residences = hold_residences(*dict.fromkeys([address.residence_id, into.residence_id]))
    held = {one.pk: one for one in hold_addresses([address.pk, into.pk])}
    merged, survivor = held[address.pk], held[into.pk]
    check_version(version, merged, state_of_address(merged))
    if merged == survivor:
        raise ValidationError(_("Choisissez une autre adresse que celle-ci."))
    check_open(merged, survivor, *residences)
    check_together(merged, survivor)
    counts, ledger = Counts(residences), Ledger(scope)
    merge_into(ledger, merged, survivor, residences[0], dwellings)
    counts.follow(ledger)
    return keep(scope, PlaceAct.MERGE, residences, f"{merged} → {survivor}", ledger)


def check_together(place: Residence | Address, other: Residence | Address) -> None:
    """Refuse two places of unlike landlords or communes.

    Raises:
        ValidationError: they are.
    """
    if (place.landlord_id, place.commune_id) != (other.landlord_id, other.commune_id):
        raise ValidationError(_("Ces deux lieux ne sont pas du même bailleur dans la même commune."))


def merge_into(
    ledger: Ledger, merged: Address, survivor: Address, residence: Residence, dwellings: str
) -> None:
    """Write what the merging of one address into another one changes, ``residence`` being that of the first."""
    at = {"address_id": survivor.pk, "residence_id": survivor.residence_id}
    for records in followers():
        ledger.update(records._default_manager.filter(address=merged.pk), **at)
    for records, column in mentions():
        ledger.replace(records._default_manager.all(), column, merged.pk, survivor.pk)
    # What was merged into this one before goes on to the survivor.
    ledger.update(Address.objects.filter(merged_into=merged.pk), merged_into_id=survivor.pk)
    own = {"rnb_id": merged.rnb_id, "ban_key": merged.ban_key}
    missing = {name: value for name, value in own.items() if value and not getattr(survivor, name)}
    if missing:
        ledger.update(Address.objects.filter(pk=survivor.pk), **missing)
    give_dwellings(ledger, merged, survivor, dwellings)
    today = today_at(residence.commune.department)
    ledger.update(Address.objects.filter(pk=merged.pk), closed_on=today, merged_into_id=survivor.pk)


def give_dwellings(
    ledger: Ledger, merged: Residence | Address, survivor: Residence | Address, dwellings: str
) -> None:
    """Leave a merged place without dwellings: the other one has them beside its own, or where it has none."""
    places, own = type(survivor)._default_manager, survivor.dwellings
    total = own + merged.dwellings if dwellings == MergedDwellings.BOTH else own or merged.dwellings
    ledger.update(places.filter(pk=survivor.pk), dwellings=total)
    ledger.update(places.filter(pk=merged.pk), dwellings=0)


@transaction.atomic
def merge_residences(
    scope: Scope,
    *,
    residence: Residence,
    into: Residence,
    version: str,
    dwellings: str = MergedDwellings.ONCE,
) -> PlaceChange:
    """Merge a residence into another one: its addresses, its records, its references and its agents are that one's.

    An address that both have is merged with the other's; where the other's was merged into one of a third residence,
    with that one. Where both numbers of dwellings are the sums of those of their addresses, the number stays that sum.

    Args:
        scope: who acts.
        residence: the residence that gives way.
        into: the residence that stays.
        version: the version of the first one that the person was shown.
        dwellings: how those of both are counted, also at an address that both have, a value of
            :class:`MergedDwellings`.

    Raises:
        StaleError: the residence has changed since ``version``.
        ValidationError: they are not two open residences of a landlord in a commune, or one has closed an address
            that the other one has, or a third residence where such an address is by now is closed.
    """
    if residence.pk == into.pk:
        raise ValidationError(_("Choisissez une autre résidence que celle-ci."))
    merged, survivor = hold_residences(residence.pk, into.pk)
    check_version(version, merged, state_of_residence(merged))
    others = hold_residences(*residences_beside(merged, survivor).values_list("pk", flat=True))
    check_open(merged, survivor, *others)
    check_together(merged, survivor)
    summed = {survivor.pk, merged.pk} == set(Counts([survivor, merged]).kept)
    counts, ledger = Counts(others), Ledger(scope)
    _join_addresses(ledger, merged, survivor, dwellings)
    counts.follow(ledger)
    for records in followers():
        rows = records._default_manager.filter(residence=merged.pk, address=None)
        ledger.update(rows, residence_id=survivor.pk)
    _join_references(ledger, merged, survivor)
    assign_as(ledger, merged, survivor)
    give_dwellings(ledger, merged, survivor, dwellings)
    if summed:
        ledger.update(Residence.objects.filter(pk=survivor.pk), dwellings=Counts.sum_of(survivor.pk))
    ledger.update(Residence.objects.filter(merged_into=merged.pk), merged_into_id=survivor.pk)
    today = today_at(merged.commune.department)
    ledger.update(Residence.objects.filter(pk=merged.pk), closed_on=today, merged_into_id=survivor.pk)
    return keep(scope, PlaceAct.MERGE, [survivor, merged, *others], f"{merged} → {survivor}", ledger)


def residences_beside(merged: Residence, survivor: Residence) -> QuerySet[Residence]:
    """Return the further residences that take over addresses of a merged one: where the survivor's of the same text are by now."""
    leaving = Address.objects.filter(residence=merged, closed_on=None)
    known = Address.objects.filter(residence=survivor, match_key__in=leaving.values("match_key"))
    targets = Address.objects.filter(pk__in=known.exclude(merged_into=None).values("merged_into"))
    there = Residence.objects.filter(pk__in=targets.values("residence"))
    return there.exclude(pk__in=(merged.pk, survivor.pk)).order_by("pk")


def _join_addresses(ledger: Ledger, merged: Residence, survivor: Residence, dwellings: str) -> None:
    """Move the open addresses of a residence to another one, or merge them with those that it has already."""
    there = {address.match_key: address for address in Address.objects.filter(residence=survivor)}
    moving = list(Address.objects.filter(residence=merged, closed_on=None).order_by("pk"))
    hold_addresses([address.pk for address in moving])
    moved = []
    for address in moving:
        known = there.get(address.match_key)
        if known is None:
            moved.append(address.pk)
            continue
        target = Address.objects.get(pk=known.merged_into_id or known.pk)
        check_open(target)
        merge_into(ledger, address, target, merged, dwellings)
    ledger.update(Address.objects.filter(pk__in=moved), residence_id=survivor.pk)


def _join_references(ledger: Ledger, merged: Residence, survivor: Residence) -> None:
    """Give a residence the references of another one, by which files find it from now on."""
    own = {
        survivor.reference,
        *ResidenceAlias.objects.filter(residence=survivor).values_list("reference", flat=True),
    }
    aliases = ResidenceAlias.objects.filter(residence=merged).order_by("pk")
    for reference in dict.fromkeys([merged.reference, *aliases.values_list("reference", flat=True)]):
        if reference not in own:
            ledger.create(alias_of(survivor, reference))


def assign_as(ledger: Ledger, like: Residence, residence: Residence) -> None:
    """Assign to a residence those who are assigned to another one."""
    already = ResidenceAssignment.objects.filter(residence=residence).values("membership")
    missing = ResidenceAssignment.objects.filter(residence=like).exclude(membership__in=already)
    for assignment in missing.order_by("pk"):
        ledger.create(ResidenceAssignment(membership_id=assignment.membership_id, residence=residence))
