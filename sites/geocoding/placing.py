"""Placing the point of an address by hand."""

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
    """Return the addresses of landlords one leads: whoever coordinates too sees others'."""
    return Address.objects.filter(is_led()).select_related("residence", "commune")


def waiting() -> QuerySet[Address]:
    """Return those that have no point yet."""
    return placeable().filter(longitude=None)


def state_of(address: Address) -> State:
    """Return what the form of a point writes."""
    return {"longitude": address.longitude, "latitude": address.latitude}


@transaction.atomic
def place(scope: Scope, address: Address, *, longitude: float, latitude: float, version: str) -> None:
    """Give an address the point a person chose.

    Raises:
        StaleError: it has another than in the ``version`` the form was opened with.
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
    """Return placed addresses of the same commune, to find one's way on a map without tiles."""
    placed = Address.objects.filter(commune=address.commune_id, longitude__isnull=False).exclude(
        pk=address.pk
    )
    return list(placed.order_by("id").values("label", "longitude", "latitude")[:limit])
