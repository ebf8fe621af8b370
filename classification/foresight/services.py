"""Put a residence to rest on a team's list of places to watch, with a reason and until a day, and take it back."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.engine.services import lock
from classification.models import Rest
from core.versions import State, check_version
from sites.models import Residence, Territory
from sites.perimeter import is_shared_with


class TakenBackError(Exception):
    """The residence is at rest no more."""


def at_rest(today: dt.date | None = None) -> Q:
    """Return the condition that a row puts its residence to rest today."""
    return Q(ended_at=None, until__gte=today or timezone.localdate())


def rest_of(residence_id: int, organisation_id: int) -> Rest | None:
    """Return what puts a residence to rest for an organisation, None where nothing does."""
    return standing(organisation_id).filter(at_rest(), residence=residence_id).first()


def standing(organisation_id: int) -> QuerySet[Rest]:
    """Return what an organisation has put to rest and not taken back, past its day or not."""
    return Rest.objects.filter(organisation=organisation_id, ended_at=None)


def organisation_for(scope: Scope, residence: Residence) -> int:
    """Return for which organisation a person puts a residence to rest: its landlord, or that of a territory it is shared with.

    Raises:
        PermissionDenied: it is shared with none of the person's territories any more.
    """
    if residence.landlord_id in scope.roles.get(Role.LEAD, ()):
        return residence.landlord_id
    coordinated = Territory.objects.filter(organisation__in=scope.roles.get(Role.COORDINATOR, ()))
    for territory in coordinated.filter(communes=residence.commune_id).order_by("pk"):
        if Residence.objects.filter(is_shared_with(territory.pk), pk=residence.pk).exists():
            return int(territory.organisation_id)
    raise PermissionDenied


def state_of(rest: Rest | None) -> State:
    """Return what the form of a rest writes."""
    return {"reason": rest.reason if rest else "", "until": rest.until if rest else None}


@transaction.atomic
def put_to_rest(scope: Scope, residence: Residence, *, reason: str, until: dt.date, version: str) -> Rest:
    """Put a residence to rest for the person's organisation; what stands is replaced.

    Args:
        scope: a security lead of its landlord, or a coordinator.
        residence: the residence.
        reason: why it needs no watching.
        until: the last day of its rest.
        version: of :func:`state_of`, as the page showed it.

    Raises:
        StaleError: somebody has put it to rest, or taken it back, since.
    """
    lock([residence.pk])
    organisation_id = organisation_for(scope, residence)
    now = rest_of(residence.pk, organisation_id)
    if now and (now.reason, now.until) == (reason, until):
        return now
    check_version(version, residence, state_of(now))
    for former in standing(organisation_id).filter(residence=residence):
        _end(scope, former)
    rest = Rest(
        landlord_id=residence.landlord_id, commune_id=residence.commune_id, residence=residence,
        organisation_id=organisation_id, reason=reason, until=until, made_by_id=scope.person_id,
    )  # fmt: skip
    rest.save(force_insert=True)
    write_entry(
        scope, AuditAction.CREATE, rest, organisation_id=organisation_id, residence=residence.pk,
        until=until.isoformat(), replaces=now is not None,
    )  # fmt: skip
    return rest


@transaction.atomic
def take_back(scope: Scope, rest: Rest) -> None:
    """Have a residence watched again.

    Raises:
        TakenBackError: it is at rest no more: somebody took it back, its day is past, or another rest replaced this one.
    """
    lock([rest.residence_id])
    held = Rest.objects.filter(at_rest(), pk=rest.pk).select_related("residence").first()
    if held is None:
        raise TakenBackError
    _end(scope, held)
    write_entry(
        scope, AuditAction.CANCEL, held, organisation_id=held.organisation_id, residence=held.residence_id
    )


def _end(scope: Scope, rest: Rest) -> None:
    rest.ended_at, rest.ended_by_id = timezone.now(), scope.person_id
    rest.save(update_fields=["ended_at", "ended_by_id"])
