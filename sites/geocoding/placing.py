"""Place the points of addresses by hand, one by one or many at once, and take that back."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import Organisation
from accounts.scope import Scope
from core.versions import State, check_version
from sites.changes import points_moved
from sites.enums import GeocodingState, PlacementWay
from sites.models import Address, Placement, PlaceQuerySet, PositionChange
from sites.perimeter import is_led

from .rows import Placing


def placeable() -> PlaceQuerySet[Address]:
    """Return the addresses of the landlords the person leads; a coordinator also sees those of others."""
    led: PlaceQuerySet[Address] = Address.objects.apart().filter(is_led())
    return led.select_related("residence", "commune")


def waiting() -> PlaceQuerySet[Address]:
    """Return the placeable addresses that have no point yet."""
    return placeable().open().filter(longitude=None)


def state_of(address: Address) -> State:
    """Return the fields that the form of a point writes, with their values."""
    return {"longitude": address.longitude, "latitude": address.latitude}


@transaction.atomic
def place(
    scope: Scope,
    address: Address,
    *,
    longitude: float,
    latitude: float,
    version: str,
    way: PlacementWay = PlacementWay.MAP,
) -> None:
    """Set the point that a person chose for an address; the one before stays in its history.

    Raises:
        StaleError: the point is no longer in the ``version`` the form was opened on.
    """
    address = Address.objects.select_for_update(of=("self",)).get(pk=address.pk)
    check_version(version, address, state_of(address))
    _move(scope, [(address, _Position(longitude, latitude))], way)
    points_moved([address.residence_id])
    write_entry(scope, AuditAction.UPDATE, address, organisation_id=address.landlord_id, placed=True)


@transaction.atomic
def return_to(scope: Scope, change: PositionChange, *, version: str) -> None:
    """Give an address the position back that it had before a change, also where it had none.

    Raises:
        StaleError: the point is no longer in the ``version`` that the page showed.
    """
    address = Address.objects.select_for_update(of=("self",)).get(pk=change.address_id)
    check_version(version, address, state_of(address))
    _move(scope, [(address, _before(change))], PlacementWay.RETURN)
    points_moved([address.residence_id])
    write_entry(scope, AuditAction.UPDATE, address, organisation_id=address.landlord_id, placed=True)


@transaction.atomic
def place_many(scope: Scope, *, landlord: Organisation, placing: Placing, filename: str = "") -> Placement:
    """Give many addresses of a landlord their positions at once, as one placement that can be undone.

    Args:
        scope: who acts.
        landlord: the landlord of the addresses.
        placing: the positions, and the rows that give none, of which the number and the reason are kept.
        filename: the name of the file; empty for pasted lines.
    """
    addresses = placeable().filter(landlord=landlord, pk__in=placing.positions)
    rows = list(addresses.order_by("pk").select_for_update(of=("self",)))
    wanted = [(address, _Position(*placing.positions[address.pk][:2])) for address in rows]
    moves = [(address, to) for address, to in wanted if (address.longitude, address.latitude) != to[:2]]
    placement = Placement.objects.create(
        landlord=landlord,
        created_by_id=scope.user_id,
        filename=filename,
        placed=len(moves),
        unchanged=len(wanted) - len(moves),
        rejected=[list(row) for row in placing.rejected],
    )
    _move(scope, moves, PlacementWay.FILE if filename else PlacementWay.PASTED, placement)
    points_moved(sorted({address.residence_id for address in rows}))
    write_entry(
        scope, AuditAction.CREATE, placement, organisation_id=landlord.pk,
        placed=len(moves), rejected=len(placing.rejected),
    )  # fmt: skip
    return placement


@transaction.atomic
def undo_placement(scope: Scope, placement: Placement) -> Placement:
    """Give the addresses of a placement their positions of before back, but for those moved again since.

    Raises:
        ValidationError: it has been undone already.
    """
    placement = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    if placement.undone_at:
        raise ValidationError(_("Ce placement est déjà défait : rien n’a été modifié."))
    changes = {change.address_id: change for change in placement.changes.all()}
    rows = Address.objects.filter(pk__in=changes).order_by("pk").select_for_update(of=("self",))
    there = [
        address
        for address in rows
        if (address.longitude, address.latitude)
        == (changes[address.pk].to_longitude, changes[address.pk].to_latitude)
    ]
    _move(scope, [(address, _before(changes[address.pk])) for address in there], PlacementWay.UNDO)
    points_moved(sorted({address.residence_id for address in there}))
    placement.undone_at, placement.undone_by_id = timezone.now(), scope.user_id
    placement.kept = len(changes) - len(there)
    placement.save(update_fields=["undone_at", "undone_by", "kept"])
    write_entry(
        scope, AuditAction.CANCEL, placement, organisation_id=placement.landlord_id, undone=len(there)
    )
    return placement


class _Position(NamedTuple):
    """A longitude and a latitude in degrees, or none, and where they came from."""

    longitude: float | None
    latitude: float | None
    geocoding: str = GeocodingState.PLACED
    score: float | None = None


def _before(change: PositionChange) -> _Position:
    return _Position(change.from_longitude, change.from_latitude, change.from_geocoding, change.from_score)


def _move(
    scope: Scope,
    moves: Sequence[tuple[Address, _Position]],
    way: PlacementWay,
    placement: Placement | None = None,
) -> None:
    """Write positions of locked addresses, and what they were before into their history."""
    PositionChange.objects.bulk_create(
        PositionChange(
            address=address,
            landlord_id=address.landlord_id,
            placement=placement,
            way=way,
            changed_by_id=scope.user_id,
            from_longitude=address.longitude,
            from_latitude=address.latitude,
            from_geocoding=address.geocoding,
            from_score=address.geocoding_score,
            to_longitude=to.longitude,
            to_latitude=to.latitude,
        )
        for address, to in moves
    )
    for address, to in moves:
        address.longitude, address.latitude = to.longitude, to.latitude
        address.geocoding, address.geocoding_score = to.geocoding, to.score
    Address.objects.bulk_update(
        [address for address, _to in moves],
        ["longitude", "latitude", "geocoding", "geocoding_score"],
        batch_size=1_000,
    )


def history_of(address: Address, limit: int = 20) -> list[PositionChange]:
    """Return the last changes of an address's position, the latest first."""
    changes = address.position_changes.select_related("changed_by", "placement")
    return list(changes.order_by("-pk")[:limit])


class Neighbour(TypedDict):
    """An address that has a point, in degrees."""

    label: str
    longitude: float | None
    latitude: float | None


def neighbours(address: Address, limit: int = 300) -> list[Neighbour]:
    """Return placed addresses of the same commune, for orientation on a map without tiles."""
    placed = Address.objects.filter(commune=address.commune_id, longitude__isnull=False).exclude(
        pk=address.pk
    )
    return list(placed.order_by("id").values("label", "longitude", "latitude")[:limit])
