"""Correct, close and reopen residences and addresses, add an address, and take any act on places back."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Scope
from core.constraints import refused_as
from core.versions import check_version, same
from sites.enums import GeocodingState, PlaceAct
from sites.match_key import parse
from sites.models import Address, PlaceChange, Residence, ResidenceAlias
from sites.zones import today_at

from .acts import (
    Counts,
    check_open,
    hold_addresses,
    hold_residences,
    keep,
    mark_undone,
    state_of_address,
    state_of_residence,
)
from .ledger import Ledger, take_back

UNIT_LENGTH = 80


@transaction.atomic
def correct_residence(
    scope: Scope, *, residence: Residence, version: str, **stated: object
) -> PlaceChange | None:
    """Correct what was entered of a residence; a former reference stays another one of it, for files.

    Args:
        scope: who acts.
        residence: the residence.
        version: the version of the residence that the form was opened on.
        stated: ``name``, ``reference``, ``dwellings`` and ``in_priority_neighbourhood``.

    Returns:
        The act; None where the residence is so already.

    Raises:
        StaleError: it has changed since ``version``.
        ValidationError: another residence of the landlord has the reference.
    """
    [held] = hold_residences(residence.pk)
    state = state_of_residence(held)
    if all(same(value, state[name]) for name, value in stated.items()):
        return None
    check_version(version, held, state)
    ledger = Ledger(scope)
    if stated["reference"] != held.reference:
        _keep_reference(ledger, held, str(stated["reference"]))
    with refused_as(ValidationError({"reference": _("Une autre de vos résidences a cette référence.")})):
        ledger.update(Residence.objects.filter(pk=held.pk), **stated)
    return keep(scope, PlaceAct.CORRECT, [held], held.name, ledger)


def _keep_reference(ledger: Ledger, residence: Residence, new: str) -> None:
    """Keep the reference that a residence had as another one of it."""
    aliases = ResidenceAlias.objects.filter(residence=residence)
    if not aliases.filter(reference=residence.reference).exists() and new != residence.reference:
        ledger.create(alias_of(residence, residence.reference))


def alias_of(residence: Residence, reference: str) -> ResidenceAlias:
    """Return a new other reference of a residence, not saved."""
    return ResidenceAlias(
        residence=residence,
        landlord_id=residence.landlord_id,
        commune_id=residence.commune_id,
        reference=reference,
    )


@transaction.atomic
def close(scope: Scope, *, place: Residence | Address, version: str, on: dt.date, reason: str) -> PlaceChange:
    """Close a residence or an address: from the day ``on`` it counts no more, and its past stays.

    Raises:
        StaleError: it has changed since ``version``.
        ValidationError: it is closed already.
    """
    residence, held = _hold(place, version)
    if held.closed_on:
        raise ValidationError(_("%(place)s est déjà fermée : rien n’a été modifié.") % {"place": held})
    counts, ledger = Counts([residence]), Ledger(scope)
    ledger.update(type(held).objects.filter(pk=held.pk), closed_on=on, close_reason=reason)
    counts.follow(ledger)
    return keep(scope, PlaceAct.CLOSE, [residence], str(held), ledger, reason)


@transaction.atomic
def reopen(scope: Scope, *, place: Residence | Address, version: str) -> PlaceChange:
    """Open a closed residence or address again, as if it had never been closed.

    Raises:
        StaleError: it has changed since ``version``.
        ValidationError: it is open, or was merged into another one, which only the undoing of that takes back.
    """
    residence, held = _hold(place, version)
    if not held.closed_on:
        raise ValidationError(_("%(place)s n’est pas fermée : rien n’a été modifié.") % {"place": held})
    if held.merged_into_id:
        raise ValidationError(_("%(place)s a été fusionnée : défaites la fusion.") % {"place": held})
    counts, ledger = Counts([residence]), Ledger(scope)
    ledger.update(type(held).objects.filter(pk=held.pk), closed_on=None, close_reason="")
    counts.follow(ledger)
    return keep(scope, PlaceAct.REOPEN, [residence], str(held), ledger)


def _hold(place: Residence | Address, version: str) -> tuple[Residence, Residence | Address]:
    """Lock a place, its residence first, and check the version that the person was shown."""
    if isinstance(place, Residence):
        [residence] = hold_residences(place.pk)
        check_version(version, residence, state_of_residence(residence))
        return residence, residence
    return hold_address(place, version)


def hold_address(address: Address, version: str) -> tuple[Residence, Address]:
    """Lock an address, its residence first, and check the version that the person was shown.

    Raises:
        StaleError: it has changed since ``version``.
        ValidationError: it is gone.
    """
    [residence] = hold_residences(address.residence_id)
    [held] = hold_addresses([address.pk])
    held.residence = residence
    check_version(version, held, state_of_address(held))
    return residence, held


@transaction.atomic
def add_address(
    scope: Scope, *, residence: Residence, version: str, label: str, postcode: str, dwellings: int
) -> PlaceChange:
    """Add an address to a residence; it is to be placed on the map.

    Raises:
        StaleError: the residence has changed since ``version``.
        ValidationError: the residence is closed, or has the address already.
    """
    [held] = hold_residences(residence.pk)
    check_version(version, held, state_of_residence(held))
    check_open(held)
    counts, ledger = Counts([held]), Ledger(scope)
    write_address(ledger, new_address(held, label, postcode=postcode, dwellings=dwellings))
    counts.follow(ledger)
    return keep(scope, PlaceAct.ADD, [held], label, ledger)


def new_address(residence: Residence, label: str, **values: object) -> Address:
    """Return a new address of a residence, not saved."""
    parsed = parse(label)
    return Address(
        residence=residence,
        landlord_id=residence.landlord_id,
        commune_id=residence.commune_id,
        label=label,
        match_key=parsed.key,
        building=parsed.building[:UNIT_LENGTH],
        entrance=parsed.entrance[:UNIT_LENGTH],
        **{"geocoding": GeocodingState.TO_PLACE, **values},
    )


def write_address(ledger: Ledger, address: Address) -> None:
    """Save a new address.

    Raises:
        ValidationError: its residence has one that reads alike.
    """
    with refused_as(_taken(address)):
        ledger.create(address)


def _taken(address: Address) -> ValidationError:
    alike = Address.objects.filter(residence=address.residence_id, match_key=address.match_key)
    found = alike.exclude(pk=address.pk).first()
    said = _("La résidence a déjà cette adresse, écrite « %(label)s ».")
    return ValidationError({"label": said % {"label": found or address}})


@transaction.atomic
def correct_address(scope: Scope, *, address: Address, version: str, **stated: object) -> PlaceChange | None:
    """Correct the text, the dwellings and the identifiers of an address.

    Files that write it as it was written until now find it all the same: the former text stays, as an address
    merged into this one.

    Args:
        scope: who acts.
        address: the address.
        version: the version of the address that the form was opened on.
        stated: ``label``, ``dwellings``, ``rnb_id`` and ``ban_key``.

    Returns:
        The act; None where the address is so already.

    Raises:
        StaleError: it has changed since ``version``.
        ValidationError: its residence has one that reads alike.
    """
    [residence] = hold_residences(address.residence_id)
    [held] = hold_addresses([address.pk])
    state = state_of_address(held)
    if all(same(value, state[name]) for name, value in stated.items()):
        return None
    check_version(version, held, state)
    check_open(held)
    counts, ledger = Counts([residence]), Ledger(scope)
    _rewrite(ledger, held, residence, **stated)
    counts.follow(ledger)
    return keep(scope, PlaceAct.CORRECT, [residence], held.label, ledger)


def _rewrite(ledger: Ledger, held: Address, residence: Residence, **stated: object) -> None:
    fresh = new_address(residence, str(stated["label"]))
    fresh.pk = held.pk
    names = ("match_key", "building", "entrance")
    read = {name: getattr(fresh, name) for name in names}
    again = _former_text(held, fresh.match_key)
    if again:
        # Two addresses of a residence never have one key, also between two statements.
        ledger.update(Address.objects.filter(pk=again.pk), match_key=f"former {again.pk}")
    with refused_as(_taken(fresh)):
        ledger.update(Address.objects.filter(pk=held.pk), **stated, **read)
    if fresh.match_key != held.match_key:
        _leave_behind(ledger, held, residence, again)


def _former_text(held: Address, key: str) -> Address | None:
    """Return the row of a former text of an address that reads as ``key``: one that was never a door of its own."""
    found = Address.objects.filter(residence=held.residence_id, match_key=key, merged_into=held.pk).first()
    if found is None:
        return None
    made = [{"model": Address._meta.label, "ids": [found.pk], "before": None}]
    corrections = PlaceChange.objects.filter(
        landlord=held.landlord_id, act=PlaceAct.CORRECT, rows__contains=made
    )
    return found if corrections.exists() else None


def _leave_behind(ledger: Ledger, held: Address, residence: Residence, again: Address | None) -> None:
    """Keep the text that an address had, in the row of the former one that it has again if there is one."""
    former = new_address(residence, held.label, merged_into_id=held.pk)
    former.match_key = held.match_key
    if again:
        names = ("label", "match_key", "building", "entrance")
        text = {name: getattr(former, name) for name in names}
        ledger.update(Address.objects.filter(pk=again.pk), **text)
        return
    former.closed_on = today_at(residence.commune.department)
    ledger.create(former)


@transaction.atomic
def undo(scope: Scope, *, change: PlaceChange) -> int:
    """Take an act on places back.

    Returns:
        How many records stay where somebody has put them since.

    Raises:
        ChangedSinceError: a place was changed since, or something was recorded at one that would go.
        ValidationError: it was taken back already.
    """
    held = PlaceChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if held.undone_at:
        raise ValidationError(_("Déjà défait : rien n’a été modifié."))
    list(Residence.objects.filter(pk__in=held.residences).select_for_update(of=("self",)).order_by("pk"))
    left = take_back(scope, held.rows)
    mark_undone(scope, held)
    return left
