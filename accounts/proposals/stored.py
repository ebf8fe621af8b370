"""Lock a proposal, end it, and write of it in the journal."""

from typing import Any

from django.utils import timezone

from accounts.enums import AuditAction, ProposalState, Role
from accounts.journal.audit import write_entry
from accounts.models import Proposal
from accounts.scope import Scope, system_scope


def locked(proposal: Proposal, **which: object) -> Proposal:
    """Return the proposal as it is, locked until the transaction ends: of two answers the second finds the first."""
    return Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk, **which)


def end(proposal: Proposal, state: ProposalState) -> None:
    """Write down what became of a proposal."""
    Proposal.objects.filter(pk=proposal.pk).update(state=state, answered_at=timezone.now())


def enter(scope: Scope, action: AuditAction, proposal: Proposal, **detail: Any) -> None:
    """Append an entry to the organisation's journal, with names as they are now, and to an administrator's own."""
    organisation_id = proposal.organisation_id
    # Whoever answers for themselves acts in none of their roles.
    theirs = scope.user_id == proposal.user_id
    leads = organisation_id in scope.roles.get(Role.LEAD, ())
    acting = () if theirs or leads else scope.roles.get(Role.ADMIN, ())
    with system_scope("proposals"):
        named = Proposal.objects.select_related("organisation", "proposed_by").get(pk=proposal.pk)
    write_entry(
        scope,
        action,
        named,
        acting_in=() if theirs else None,
        organisation_id=organisation_id,
        concerns=acting,
        person=proposal.full_name,
        role=proposal.role,
        by=str(named.proposed_by),
        **detail,
    )
