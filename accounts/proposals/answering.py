"""Answer proposals: accept a role, refuse it, take note of what became of it; write down which nobody answered."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Confirmation, ProposalState
from accounts.models import Membership, Proposal, User
from accounts.people.invited import carry_out
from accounts.scope import Scope, system_scope
from core.constraints import refused_as

from . import rules
from .stored import end, enter, locked
from .telling import tell_organisation


def accept(scope: Scope, *, proposal: Proposal, full_name: str = "") -> Membership:
    """Take a proposed role, from today.

    Args:
        scope: that of the person it is proposed to.
        proposal: a proposal as they were shown it; it never changes.
        full_name: the name of a new account, as its person writes it; without one it is that of the proposal. An
            account that has a name keeps it.

    Raises:
        Proposal.DoesNotExist: it is somebody else's.
        ValidationError: it cannot be accepted, or no more; the sentence is for that person alone.
    """
    _ask_whoever_came_since(proposal)
    return _accept(scope, proposal, full_name)


@transaction.atomic
def _accept(scope: Scope, proposal: Proposal, full_name: str) -> Membership:
    held = locked(proposal, user_id=scope.person_id)
    if sentence := rules.why_not(held):
        raise ValidationError(sentence)
    end(held, ProposalState.ACCEPTED)
    membership = _held_already(held) or _taken(held)
    User.objects.filter(pk=held.user_id, full_name="").update(full_name=full_name or held.full_name)
    carry_out(membership, held.prepared)
    enter(scope, AuditAction.UPDATE, held, accepted=True)
    if held.confirmation == Confirmation.NOBODY:
        tell_organisation(held)
    return membership


def _held_already(proposal: Proposal) -> Membership | None:
    """Return the role if its person holds it already: an invitation to a circle then rests on it.

    Raises:
        ValidationError: it is no invitation to a circle.
    """
    # A trigger has looked for it.
    proposal.refresh_from_db(fields=["membership"])
    if proposal.membership and not proposal.purpose:
        raise ValidationError(_("Vous avez déjà ce rôle dans cet organisme."))
    return proposal.membership


def _taken(proposal: Proposal) -> Membership:
    membership = Membership(
        user_id=proposal.user_id, role=proposal.role, organisation_id=proposal.organisation_id
    )
    with refused_as(ValidationError(_("Vous avez déjà ce rôle dans cet organisme."))), rules.sides_apart():
        membership.save(force_insert=True)
    return membership


@transaction.atomic
def refuse(scope: Scope, *, proposal: Proposal) -> None:
    """Refuse a proposed role.

    The organisation's journal says so in the product's own name: that of the account stays unknown there.

    Raises:
        Proposal.DoesNotExist: it is somebody else's.
        ValidationError: it waits no more.
    """
    held = locked(proposal, user_id=scope.person_id)
    if not held.waits:
        raise ValidationError(rules.why_not(held))
    end(held, ProposalState.REFUSED)
    with system_scope("proposals") as product:
        enter(product, AuditAction.CANCEL, held, refused=True)


@transaction.atomic
def take_note(scope: Scope, *, proposal: Proposal) -> None:
    """Write that the acting person has read what became of a proposal."""
    held = locked(proposal)
    if scope.person_id not in held.seen_by:
        Proposal.objects.filter(pk=held.pk).update(seen_by=[*held.seen_by, scope.person_id])
        enter(scope, AuditAction.UPDATE, held, seen=True)


def write_lapsed() -> int:
    """Write down which proposals nobody answered in time, and return how many there were; the nightly job."""
    return write_lapsed_of()


def write_lapsed_of(**which: object) -> int:
    """Write down which of some proposals nobody answered in time; ``which`` are conditions on them."""
    with transaction.atomic(), system_scope("proposals") as product:
        late = Proposal.objects.select_for_update(of=("self",)).filter(
            state=ProposalState.WAITING, lapses_on__lte=timezone.localdate(), **which
        )
        lapsed = list(late)
        for proposal in lapsed:
            end(proposal, ProposalState.LAPSED)
            enter(product, AuditAction.CANCEL, proposal, lapsed=True)
    return len(lapsed)


def _ask_whoever_came_since(proposal: Proposal) -> None:
    """Have a role that nobody could confirm confirmed by whoever leads the organisation by now."""
    with system_scope("proposals"):
        unconfirmed = Proposal.objects.filter(
            pk=proposal.pk, state=ProposalState.WAITING, confirmation=Confirmation.NOBODY
        )
        for held in unconfirmed:
            if (asked := rules.who_confirms(held)) != Confirmation.NOBODY:
                unconfirmed.update(confirmation=asked)
