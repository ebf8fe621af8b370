"""Note that a security lead has read a fact, and record their answer to whoever entered it."""

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import State, check_version
from incidents.models import FactReply, Incident

from .services import ENTERED


def concerns(scope: Scope, incident: Incident) -> bool:
    """Say whether the person leads the landlord of a fact that somebody else entered, by hand."""
    entered = incident.external_source in ENTERED and incident.reported_by_id not in {None, scope.user_id}
    return entered and incident.landlord_id in scope.roles.get(Role.LEAD, ())


@transaction.atomic
def note_reading(*, scope: Scope, incident: Incident) -> FactReply:
    """Note that the lead reads a fact, the first time alone, with its journal entry."""
    reply, first = FactReply.objects.get_or_create(incident=incident, defaults={"read_by_id": scope.user_id})
    if first:
        _enter(scope, AuditAction.READ, incident)
    return reply


def state_of(reply: FactReply) -> State:
    """Return the value that the form of the answer writes."""
    return {"answer": reply.answer}


@transaction.atomic
def answer_fact(*, scope: Scope, incident: Incident, answer: str, version: str) -> bool:
    """Record the answer of a lead, replace it, or take it back with an empty one.

    Returns:
        False when that is the answer already: then nothing is written.

    Raises:
        StaleError: the answer has changed since ``version``.
    """
    note_reading(scope=scope, incident=incident)
    reply = FactReply.objects.select_for_update().get(incident=incident)
    if reply.answer == answer:
        return False
    check_version(version, reply, state_of(reply))
    reply.answer = answer
    reply.answered_at = timezone.now() if answer else None
    reply.answered_by_id = scope.user_id if answer else None
    reply.save(update_fields=["answer", "answered_at", "answered_by_id"])
    _enter(scope, AuditAction.UPDATE if answer else AuditAction.CANCEL, incident)
    return True


def _enter(scope: Scope, action: AuditAction, incident: Incident) -> None:
    write_entry(
        scope, action, incident, organisation_id=incident.landlord_id, residence=incident.residence_id,
        reply=True,
    )  # fmt: skip
