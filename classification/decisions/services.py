"""Decide about proposed levels, one by one or several that nothing contests, and take a decision back."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope, system_scope
from classification.engine.services import lock
from classification.models import Decision, Ending, SiteLevel
from core.versions import State, check_version, version_of

from .reading import contested_among, standing_of


class EndedMeanwhileError(Exception):
    """The decision to withdraw does not stand any more."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of several confirmations.

    Attributes:
        decisions: those that were made.
        changed: the names of the residences whose level or decision changed since they were shown.
        contested: the names of those that only a decision of their own settles (:func:`.reading.contested_among`).
        already: the names of those that were confirmed since they were shown: a form that was sent twice, or a colleague's.
    """

    decisions: list[Decision]
    changed: list[str]
    contested: list[str]
    already: list[str]


def state_of(site: SiteLevel, standing: Decision | None) -> State:
    """Return what a decision about ``site`` rests on: its proposed level, whether recording stopped, the decision that stands."""
    return {"level": site.level, "silent": site.silent, "decision": standing.pk if standing else None}


def shown_version(site: SiteLevel, standing: Decision | None) -> str:
    """Return the version of what a page shows of ``site``, for the form of a decision about it."""
    return version_of(site.residence, state_of(site, standing))


@transaction.atomic
def decide(
    scope: Scope,
    residence_id: int,
    *,
    retained: int,
    reason: str,
    version: str,
    at: dt.datetime | None = None,
) -> Decision:
    """Confirm the proposed level of a residence, or retain another one; a decision that stands is replaced.

    Args:
        scope: a security lead of the residence's landlord.
        residence_id: the residence.
        retained: the level to retain, 1 to 4.
        reason: why, "" where the proposed level of a site that is not silent is confirmed.
        version: of :func:`shown_version`, as the page showed it.
        at: the moment in demonstration data; by default it is now.

    Returns:
        The decision that stands now; the former one where it says the same.

    Raises:
        SiteLevel.DoesNotExist: the residence has no level any more.
        StaleError: the level, or the decision that stands, has changed since.
    """
    lock([residence_id])
    site = _whole(residence_id)
    standing = standing_of(residence_id)
    if standing and (standing.retained, standing.reason) == (retained, reason):
        return standing
    check_version(version, site.residence, state_of(site, standing))
    if standing:
        _end(standing, Ending.REPLACED, scope)
    decision = _decision(scope, site, retained, reason, at)
    decision.save(force_insert=True)
    _show([decision])
    _write(scope, decision, replaces=standing is not None)
    return decision


@transaction.atomic
def confirm(scope: Scope, versions: Mapping[int, str], *, at: dt.datetime | None = None) -> Confirmed:
    """Confirm the proposed levels of residences that nobody has decided about and that nothing contests.

    Args:
        scope: a security lead of their landlords; residences of other landlords are left out.
        versions: of :func:`shown_version`, by residence id.
        at: as for :func:`decide`.
    """
    lock(sorted(versions))
    sites = list(
        _wholes(versions).filter(landlord__in=scope.roles.get(Role.LEAD, ())).order_by("residence_id")
    )
    standing = {
        row.residence_id: row for row in Decision.objects.filter(residence__in=versions, ended_on=None)
    }
    contested = contested_among(sites)
    changed, kept, made, already = [], [], [], []
    for site in sites:
        stands, shown = standing.get(site.residence_id), versions[site.residence_id]
        if stands and stands.confirms and shown == shown_version(site, None):
            already.append(site.residence.name)
        elif shown != shown_version(site, stands):
            changed.append(site.residence.name)
        elif stands or site.residence_id in contested:
            kept.append(site.residence.name)
        else:
            made.append(_decision(scope, site, site.level, "", at))
    Decision.objects.bulk_create(made)
    _show(made)
    for decision in made:
        _write(scope, decision, replaces=False)
    return Confirmed(made, changed, kept, already)


@transaction.atomic
def withdraw(scope: Scope, decision: Decision, *, reason: str) -> None:
    """Take a decision back: the site is shown with the proposed level again, until somebody decides anew.

    Raises:
        EndedMeanwhileError: it lapsed, or was replaced or withdrawn.
    """
    lock([decision.residence_id])
    held = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if held.ended_on is not None:
        raise EndedMeanwhileError
    held.end_reason = reason
    _end(held, Ending.WITHDRAWN, scope)
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=held.residence_id, address=None).update(
            retained=None, decided_on=None
        )
    write_entry(
        scope, AuditAction.CANCEL, held, organisation_id=held.landlord_id, residence=held.residence_id
    )


def _wholes(residence_ids: Collection[int] | Mapping[int, str]) -> QuerySet[SiteLevel]:
    rows = SiteLevel.objects.filter(residence__in=list(residence_ids), address=None)
    return rows.select_related("residence")


def _whole(residence_id: int) -> SiteLevel:
    return _wholes([residence_id]).get()


def _decision(scope: Scope, site: SiteLevel, retained: int, reason: str, at: dt.datetime | None) -> Decision:
    return Decision(
        landlord_id=site.landlord_id,
        commune_id=site.commune_id,
        residence=site.residence,
        as_of=site.as_of,
        proposed=site.level,
        silent=site.silent,
        retained=retained,
        reason=reason,
        decided_at=at or timezone.now(),
        decided_by_id=scope.person_id,
    )


def _end(decision: Decision, ending: Ending, scope: Scope) -> None:
    decision.ended_on, decision.ending = timezone.localdate(), ending
    decision.ended_by_id = scope.person_id
    decision.save(update_fields=["ended_on", "ending", "ended_by_id", "end_reason"])


def _show(decisions: list[Decision]) -> None:
    """Have the levels bear the decisions about them; the evaluation does so again each time it stores them."""
    with system_scope("evaluation"):
        for decision in decisions:
            SiteLevel.objects.filter(residence=decision.residence_id, address=None).update(
                retained=decision.retained, decided_on=timezone.localdate(decision.decided_at)
            )


def _write(scope: Scope, decision: Decision, *, replaces: bool) -> None:
    write_entry(
        scope, AuditAction.CREATE, decision, organisation_id=decision.landlord_id, residence=decision.residence_id,
        confirms=decision.confirms, departs=not decision.confirms, replaces=replaces,
    )  # fmt: skip
