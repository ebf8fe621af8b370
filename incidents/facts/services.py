"""Record, correct and cancel facts, each with its journal entry in the same transaction."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership
from accounts.scope import Scope, system_scope
from core.constraints import refused_as
from core.once import one_at_a_time
from core.versions import State, check_version
from incidents.changes import records_changed
from incidents.enums import Certainty, Way
from incidents.models import FactSubtype, FactType, Incident, Lasting, Narrative
from sites.models import Address, Residence

Place = Address | Residence
# The values of ``external_source`` for facts entered by a person, not by an import or by a program.
BY_FORM = "form"
ENTERED = (BY_FORM, "")


class CancelledMeanwhileError(Exception):
    """The error of changing a fact that was cancelled, or moved out of the person's perimeter, since it was read."""


class NotCancelledError(Exception):
    """The error of taking back a cancellation that was taken back already, or of a record out of sight."""


class TakenError(Exception):
    """The error of an identifier that a fact of the landlord bears which the acting person does not see."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """The content of a fact, apart from its origin.

    ``span_end`` is None when the day is known; ``narrative`` is the shielded free text.
    """

    place: Place
    fact_type: FactType
    day: dt.date
    span_end: dt.date | None = None
    subtype: FactSubtype | None = None
    place_kind: str = ""
    time: dt.time | None = None
    source: str = "staff"
    complaint_filed: bool = False
    complaint_reference: str = ""
    damage_cost: Decimal | None = None
    narrative: str = ""

    def values(self) -> dict[str, Any]:
        """Return the columns of the fact, without the free text, which has its own table."""
        return placed_at(self.place) | {name: getattr(self, name) for name in STATED}


# How the place of a fact that was entered was found.
CHOSEN = {"placed_by": Way.ENTRY, "placed_certainty": Certainty.CERTAIN}
STATED = (
    "fact_type", "subtype", "place_kind", "day", "span_end", "time", "source", "complaint_filed",
    "complaint_reference", "damage_cost",
)  # fmt: skip


def placed_at(place: Place) -> dict[str, Any]:
    """Return the four columns of the place, for an address or a whole residence."""
    if isinstance(place, Address):
        return {
            "address_id": place.pk,
            "residence_id": place.residence_id,
            "landlord_id": place.landlord_id,
            "commune_id": place.commune_id,
        }
    return {
        "address_id": None,
        "residence_id": place.pk,
        "landlord_id": place.landlord_id,
        "commune_id": place.commune_id,
    }


@transaction.atomic
def record_incident(
    *, scope: Scope, fact: Fact, external_source: str = "", external_id: str = ""
) -> tuple[Incident, bool]:
    """Record a fact, only once for each identifier of its source.

    Returns:
        The fact, and whether this call created it; False when the landlord has a fact with the same
        source and ``external_id`` already, whatever its content.

    Raises:
        TakenError: that fact is outside the perimeter of the acting person; nothing is written.
    """
    values = fact.values()
    identity = {"external_source": external_source, "external_id": external_id}
    if external_id:
        one_at_a_time(f"{values['landlord_id']}/{external_source}/{external_id}")
        known = Incident.objects.filter(landlord_id=values["landlord_id"], **identity).first()
        if known:
            return known, False
    with refused_as(TakenError()):
        incident = Incident.objects.create(**values, **identity, reported_by_id=scope.user_id, **CHOSEN)
    _write_narrative(incident, fact.narrative)
    _write_entry(scope, AuditAction.CREATE, incident)
    records_changed([incident.residence_id], since=incident.day)
    return incident, True


def says_the_same(incident: Incident, fact: Fact) -> bool:
    """Say whether a recorded fact is not cancelled and has exactly the content of ``fact``."""
    told = Narrative.objects.filter(incident=incident).values_list("text", flat=True).first() or ""
    if incident.cancelled_at or told != fact.narrative:
        return False
    return all(_said(incident, name) == value for name, value in fact.values().items())


def state_of(incident: Incident) -> State:
    """Return the values that the form of a fact writes, the place and the free text included."""
    told = Narrative.objects.filter(incident=incident).values_list("text", flat=True).first() or ""
    return {name: _said(incident, name) for name in STATED} | {"place": incident.place, "narrative": told}


def _said(incident: Incident, name: str) -> Any:
    return incident.seen_subtype if name == "subtype" else getattr(incident, name)


@transaction.atomic
def correct_incident(*, scope: Scope, incident: Incident, fact: Fact, version: str) -> bool:
    """Replace the content of a fact; its earlier state goes to its history.

    Returns:
        False when the fact has that content already: then nothing is written.

    Raises:
        CancelledMeanwhileError: the fact was cancelled meanwhile; nothing is written.
        TakenError: the landlord of the new place has a fact with the same identifier; nothing is written.
        StaleError: the fact has changed since ``version``, with which the form was opened.
    """
    incident = _held(incident)
    before, former = incident.residence_id, incident.landlord_id
    if says_the_same(incident, fact):
        return False
    check_version(version, incident, state_of(incident))
    values = fact.values()
    if incident.subtype_id and not incident.seen_subtype and fact.fact_type == incident.fact_type:
        # That of another territory, out of the person's sight, stays.
        del values["subtype"]
    if fact.place != incident.place:
        values |= CHOSEN
    for name, value in values.items():
        setattr(incident, name, value)
    with refused_as(TakenError()):
        _sign(scope, incident, *values)
    _write_narrative(incident, fact.narrative)
    # The former landlord's journal gets the entry too, so that it can tell where the fact went.
    _write_entry(scope, AuditAction.UPDATE, incident, concerns=[former])
    records_changed(sorted({before, incident.residence_id}))
    return True


@transaction.atomic
def cancel_incident(*, scope: Scope, incident: Incident, reason: str, version: str | None = None) -> None:
    """Cancel a fact with a reason, so that it no longer counts.

    Args:
        scope: who acts.
        incident: the fact.
        reason: why.
        version: the version of the fact that the person was shown, None where they were shown none.

    Raises:
        CancelledMeanwhileError: it was cancelled already; the first reason stays.
        StaleError: it has changed since ``version``.
    """
    incident = _held(incident)
    if version is not None:
        check_version(version, incident, state_of(incident))
    incident.cancelled_at = timezone.now()
    incident.cancel_reason = reason
    _sign(scope, incident, "cancelled_at", "cancel_reason")
    _write_entry(scope, AuditAction.CANCEL, incident)
    records_changed([incident.residence_id])


@transaction.atomic
def restore_incident(*, scope: Scope, incident: Incident) -> None:
    """Take the cancellation of a fact back, so that it counts again; the reason stays in its history.

    Raises:
        NotCancelledError: it was taken back already.
        PermissionDenied: a security lead cancelled it, and the person is none.
    """
    incident = _held(incident, cancelled=True)
    if not may_restore(scope, incident):
        raise PermissionDenied
    incident.cancelled_at = None
    incident.cancel_reason = ""
    _sign(scope, incident, "cancelled_at", "cancel_reason")
    _write_entry(scope, AuditAction.UPDATE, incident, restored=True)
    records_changed([incident.residence_id])


def may_restore(scope: Scope, record: Incident | Lasting) -> bool:
    """Say whether the person may take the cancellation of a record back: only a lead may take back that of a lead.

    Args:
        scope: who acts.
        record: a cancelled record; whoever changed it last cancelled it.
    """
    if record.landlord_id in scope.roles.get(Role.LEAD, ()):
        return True
    # Agents do not see the roles of others.
    with system_scope("naming"):
        leads = Membership.objects.filter(organisation=record.landlord_id, role=Role.LEAD)
        return not leads.filter(user=record.changed_by_id).exists() and record.changed_by_id is not None


def _held(incident: Incident, *, cancelled: bool = False) -> Incident:
    """Read a fact again and lock its row, so that no concurrent change is lost."""
    facts = Incident.objects.select_related("fact_type", "subtype", "residence", "address")
    held = (
        facts.select_for_update(of=("self",))
        .filter(cancelled_at__isnull=not cancelled, pk=incident.pk)
        .first()
    )
    if held is None:
        raise NotCancelledError if cancelled else CancelledMeanwhileError
    return held


def _sign(scope: Scope, incident: Incident, *changed: str) -> None:
    incident.changed_by_id = scope.user_id
    incident.changed_at = timezone.now()
    incident.save(update_fields=[*changed, "changed_by_id", "changed_at"])


def _write_narrative(incident: Incident, text: str) -> None:
    if text:
        Narrative.objects.update_or_create(incident=incident, defaults={"text": text})
    else:
        Narrative.objects.filter(incident=incident).delete()


def _write_entry(
    scope: Scope, action: AuditAction, incident: Incident, *, concerns: Iterable[int] = (), **detail: Any
) -> None:
    write_entry(
        scope, action, incident, organisation_id=incident.landlord_id, concerns=concerns,
        residence=incident.residence_id, **detail,
    )  # fmt: skip
