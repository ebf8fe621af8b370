"""Place the points of addresses by hand."""

from typing import TypedDict

from django.db import transaction
from django.db.models import QuerySet

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import State, check_version
from sites.changes import places_changed
from sites.enums import GeocodingState
from sites.models import Address
from sites.perimeter import is_led


def placeable() -> QuerySet[Address]:
    """Return the addresses of the landlords the person leads; a coordinator also sees those of others."""
    return Address.objects.filter(is_led()).select_related("residence", "commune")


def waiting() -> QuerySet[Address]:
    """Return the placeable addresses that have no point yet."""
    return placeable().filter(longitude=None)


def state_of(address: Address) -> State:
    """Return the fields that the form of a point writes, with their values."""
    return {"longitude": address.longitude, "latitude": address.latitude}


@transaction.atomic
def place(scope: Scope, address: Address, *, longitude: float, latitude: float, version: str) -> None:
    """Set the point that a person chose for an address.

    Raises:
        StaleError: the point is no longer in the ``version`` the form was opened on.
    """
    address = Address.objects.select_for_update(of=("self",)).get(pk=address.pk)
    check_version(version, address, state_of(address))
    address.longitude, address.latitude = longitude, latitude
    address.geocoding, address.geocoding_score = GeocodingState.PLACED, None
    address.save(update_fields=["longitude", "latitude", "geocoding", "geocoding_score"])
    places_changed([address.residence_id])
    write_entry(scope, AuditAction.UPDATE, address, organisation_id=address.landlord_id, placed=True)


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
