"""Move addresses between residences, and split a residence or an address in two."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.scope import Scope
from core.constraints import refused_as
from core.versions import check_version
from sites.changes import followers
from sites.enums import GeocodingState, PlaceAct
from sites.models import Address, PlaceChange, Residence

from .acts import Counts, check_open, hold_addresses, hold_residences, keep, state_of_residence
from .ledger import Ledger
from .merging import assign_as, check_together
from .services import hold_address, new_address, write_address


@transaction.atomic
def move_addresses(
    scope: Scope, *, residence: Residence, addresses: Collection[Address], to: Residence, version: str
) -> PlaceChange:
    """Move addresses of a residence to another one of its landlord; what was recorded at them goes along.

    Raises:
        StaleError: the residence has changed since ``version``.
        ValidationError: the other one is closed, lies elsewhere, or has one of the addresses already.
    """
    if residence.pk == to.pk:
        raise ValidationError(_("Choisissez une autre résidence que celle-ci."))
    held, target = hold_residences(residence.pk, to.pk)
    check_version(version, held, state_of_residence(held))
    check_open(held, target)
    check_together(held, target)
    counts, ledger = Counts([held, target]), Ledger(scope)
    _move(ledger, held, target, addresses)
    counts.follow(ledger)
    return keep(scope, PlaceAct.MOVE, [held, target], _moved(addresses, target), ledger)


def _moved(addresses: Collection[Address], target: Residence) -> str:
    return f"{', '.join(map(str, addresses))} → {target}"


def _move(ledger: Ledger, held: Residence, target: Residence, addresses: Collection[Address]) -> None:
    """Write the move; the database has what was recorded at an address follow its residence."""
    moving = hold_addresses([address.pk for address in addresses])
    if any(address.residence_id != held.pk or address.merged_into_id for address in moving):
        raise ValidationError(
            _("Une de ces adresses n’est plus dans cette résidence : rien n’a été modifié.")
        )
    taken = Address.objects.filter(residence=target, match_key__in=[address.match_key for address in moving])
    if known := taken.order_by("pk").first():
        said = _("%(residence)s a déjà l’adresse %(address)s : fusionnez-les plutôt.")
        raise ValidationError(said % {"residence": target, "address": known})
    ledger.update(Address.objects.filter(pk__in=[address.pk for address in moving]), residence_id=target.pk)


@transaction.atomic
def split_residence(
    scope: Scope,
    *,
    residence: Residence,
    addresses: Collection[Address],
    name: str,
    reference: str,
    version: str,
) -> PlaceChange:
    """Make a new residence of some addresses of another one; the agents of that one are assigned to it too.

    Its dwellings are those of its addresses, taken from those of the other one. What was recorded for the whole of
    that one stays there.

    Raises:
        StaleError: the residence has changed since ``version``.
        ValidationError: it is closed, or another residence of the landlord has the reference.
    """
    [held] = hold_residences(residence.pk)
    check_version(version, held, state_of_residence(held))
    check_open(held)
    summed = bool(Counts([held]).kept)
    ledger = Ledger(scope)
    fresh = Residence(
        landlord_id=held.landlord_id,
        commune_id=held.commune_id,
        reference=reference,
        name=name,
        in_priority_neighbourhood=held.in_priority_neighbourhood,
    )
    with refused_as(ValidationError({"reference": _("Une autre de vos résidences a cette référence.")})):
        ledger.create(fresh)
    _move(ledger, held, fresh, addresses)
    assign_as(ledger, held, fresh)
    own = Counts.sum_of(fresh.pk)
    rest = Counts.sum_of(held.pk) if summed else max(0, held.dwellings - own)
    ledger.update(Residence.objects.filter(pk=fresh.pk), dwellings=own)
    ledger.update(Residence.objects.filter(pk=held.pk), dwellings=rest)
    return keep(scope, PlaceAct.SPLIT, [held, fresh], _moved(addresses, fresh), ledger)


@transaction.atomic
def split_address(
    scope: Scope,
    *,
    address: Address,
    label: str,
    dwellings: int,
    records: Mapping[type[models.Model], Collection[int]],
    version: str,
) -> PlaceChange:
    """Make a second address of one, and move there what was recorded for it.

    Args:
        scope: who acts.
        address: the address to split.
        label: the text of the second one.
        dwellings: how many of the dwellings are the second one's.
        records: the ids of what goes to it, by model.
        version: the version of the address that the form was opened on.

    Raises:
        StaleError: the address has changed since ``version``.
        ValidationError: it is closed, has fewer dwellings, or its residence has the second one already.
    """
    residence, held = hold_address(address, version)
    check_open(residence, held)
    if dwellings > held.dwellings:
        said = _("L’adresse n’a que %(n)s logements.")
        raise ValidationError({"dwellings": said % {"n": held.dwellings}})
    ledger = Ledger(scope)
    at = {"longitude": held.longitude, "latitude": held.latitude}
    geocoding = held.geocoding if held.longitude is not None else GeocodingState.TO_PLACE
    fresh = new_address(
        residence, label, postcode=held.postcode, dwellings=dwellings, geocoding=geocoding, **at
    )
    write_address(ledger, fresh)
    ledger.update(Address.objects.filter(pk=held.pk), dwellings=held.dwellings - dwellings)
    for model in followers():
        going = model._default_manager.filter(pk__in=records.get(model, ()), address=held.pk)
        ledger.update(going, address_id=fresh.pk)
    return keep(scope, PlaceAct.SPLIT, [residence], f"{held} → {held} / {fresh}", ledger)
