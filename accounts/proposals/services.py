"""Propose roles, confirm them for the organisation, take them back, and answer them."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Confirmation, ProposalState, Role
from accounts.journal.audit import write_entry
from accounts.mail.links import password_link
from accounts.mail.services import inviting, send_proposal
from accounts.models import Membership, Organisation, Proposal, User
from accounts.people.invited import carry_out
from accounts.scope import Scope, system_scope
from core.constraints import refused_as

from . import rules

# How long a proposal waits for its answer.
WAITS = dt.timedelta(days=30)


@transaction.atomic
def invite(
    scope: Scope, *, email: str, full_name: str, role: Role, organisation: Organisation, site_url: str
) -> Proposal:
    """Propose a role to whoever has an address; create their account if they have none, and have them mailed.

    What follows is alike for an address that has an account and for one that has none: in what is done and in what
    the acting person then sees.

    Args:
        scope: an administrator's, or that of the organisation's lead for an agent.
        email: the address; its case does not matter.
        full_name: the name as whoever invites writes it; that of the account too, if it is new.
        role: one that an organisation of this kind gives.
        organisation: the organisation that gives the role.
        site_url: the base of the link in the e-mail, without a final slash.

    Raises:
        ValidationError: the person holds that role already, is proposed it, or may not be.
    """
    user = account_of(email, full_name)
    return propose(
        scope,
        user=user,
        email=email,
        full_name=full_name,
        role=role,
        organisation=organisation,
        site_url=site_url,
    )


def account_of(email: str, full_name: str) -> User:
    """Return the account of an address; make it, without a password, if there is none.

    A lead may not learn whether an address has an account: a system scope looks it up, and both cases cost the same.
    """
    with system_scope("invitation"):
        new = User(email=email.strip().lower(), full_name=full_name)
        new.set_unusable_password()
        User.objects.bulk_create([new], ignore_conflicts=True)
        return User.objects.get(email__iexact=email.strip())


@transaction.atomic
def propose(
    scope: Scope,
    *,
    user: User,
    email: str,
    full_name: str,
    role: Role,
    organisation: Organisation,
    site_url: str,
) -> Proposal:
    """Propose a role to an account; the arguments are those of :func:`invite`.

    Raises:
        ValidationError: the person holds that role already, is proposed it, or may not be.
    """
    rules.check_new(scope, user=user, role=role, organisation=organisation)
    _write_lapsed(user=user, organisation=organisation, role=role)
    waits_already = ValidationError(
        _("Ce rôle est déjà proposé à cette adresse : la proposition attend sa réponse.")
    )
    with refused_as(waits_already):
        proposal = Proposal.objects.create(
            user=user,
            organisation=organisation,
            role=role,
            email=email.strip(),
            full_name=full_name,
            proposed_by_id=scope.person_id,
            inviting_id=inviting(scope, organisation.pk),
            lapses_on=timezone.localdate() + WAITS,
        )
    # A trigger decides whether the organisation must confirm it.
    proposal.refresh_from_db()
    _write_entry(scope, AuditAction.CREATE, proposal, confirmation=proposal.confirmation)
    if proposal.confirmation != Confirmation.AWAITED:
        tell(scope, proposal, site_url)
    return proposal


@transaction.atomic
def confirm(scope: Scope, *, proposal: Proposal, site_url: str) -> None:
    """Confirm, for the organisation, a role that an administrator proposes in it; its person is told from now on.

    Raises:
        PermissionDenied: it is not the acting person's to confirm.
        ValidationError: it waits for no confirmation any more.
    """
    held = _locked(proposal)
    if not (held.waits and held.confirmation == Confirmation.AWAITED):
        raise ValidationError(_("Cette proposition n’attend plus de confirmation."))
    if not rules.may_confirm(scope, held):
        raise PermissionDenied
    Proposal.objects.filter(pk=held.pk).update(confirmation=Confirmation.GIVEN, confirmed_by=scope.person_id)
    _write_entry(scope, AuditAction.UPDATE, held, confirmed=True)
    tell(scope, held, site_url)


@transaction.atomic
def withdraw(scope: Scope, *, proposal: Proposal) -> None:
    """Take a proposal back: it cannot be accepted any more, and its link opens nothing.

    Raises:
        PermissionDenied: it is not the acting person's to take back.
        ValidationError: it waits no more.
    """
    held = _locked(proposal)
    if not held.waits:
        raise ValidationError(_("Cette proposition n’attend plus de réponse : rien n’a été modifié."))
    if not (rules.manages(scope, held) or rules.may_confirm(scope, held)):
        raise PermissionDenied
    _end(held, ProposalState.WITHDRAWN)
    _write_entry(scope, AuditAction.CANCEL, held)


@transaction.atomic
def send_again(scope: Scope, *, proposal: Proposal, site_url: str) -> None:
    """Have the person mailed once more.

    Raises:
        PermissionDenied: the proposal is not the acting person's.
        ValidationError: it does not wait for the person's answer.
    """
    held = _locked(proposal)
    if not rules.manages(scope, held):
        raise PermissionDenied
    if not held.waits or held.confirmation == Confirmation.AWAITED:
        raise ValidationError(_("Cette proposition n’attend pas de réponse de cette personne."))
    _write_entry(scope, AuditAction.UPDATE, held, sent_again=True)
    tell(scope, held, site_url)


@transaction.atomic
def copy_link(scope: Scope, *, proposal: Proposal, site_url: str) -> str:
    """Return the link by which a person chooses their first password, for whoever hands it over by other means.

    Raises:
        PermissionDenied: the acting person may not be shown it.
    """
    if not rules.may_copy_link(scope, proposal):
        raise PermissionDenied
    _write_entry(scope, AuditAction.READ, proposal, invitation_link=True)
    return password_link(proposal.user, site_url, proposal)


def accept(scope: Scope, *, proposal: Proposal) -> Membership:
    """Take a proposed role, from today.

    Args:
        scope: that of the person it is proposed to.
        proposal: a proposal as they were shown it; it never changes.

    Raises:
        Proposal.DoesNotExist: it is somebody else's.
        ValidationError: it cannot be accepted, or no more; the sentence is for that person alone.
    """
    _ask_whoever_came_since(proposal)
    return _accept(scope, proposal)


@transaction.atomic
def _accept(scope: Scope, proposal: Proposal) -> Membership:
    held = _locked(proposal, user_id=scope.person_id)
    if sentence := rules.why_not(held):
        raise ValidationError(sentence)
    _end(held, ProposalState.ACCEPTED)
    membership = Membership(user_id=held.user_id, role=held.role, organisation_id=held.organisation_id)
    with refused_as(ValidationError(_("Vous avez déjà ce rôle dans cet organisme."))), rules.sides_apart():
        membership.save(force_insert=True)
    Proposal.objects.filter(pk=held.pk).update(membership=membership)
    carry_out(membership, held.prepared)
    _write_entry(scope, AuditAction.UPDATE, held, accepted=True)
    return membership


@transaction.atomic
def refuse(scope: Scope, *, proposal: Proposal) -> None:
    """Refuse a proposed role.

    The organisation's journal says so in the product's own name: that of the account stays unknown there.

    Raises:
        Proposal.DoesNotExist: it is somebody else's.
        ValidationError: it waits no more.
    """
    held = _locked(proposal, user_id=scope.person_id)
    if not held.waits:
        raise ValidationError(rules.why_not(held))
    _end(held, ProposalState.REFUSED)
    with system_scope("proposals") as product:
        _write_entry(product, AuditAction.CANCEL, held, refused=True)


@transaction.atomic
def take_note(scope: Scope, *, proposal: Proposal) -> None:
    """Write that the acting person has read what became of a proposal."""
    held = _locked(proposal)
    if scope.person_id not in held.seen_by:
        Proposal.objects.filter(pk=held.pk).update(seen_by=[*held.seen_by, scope.person_id])
        _write_entry(scope, AuditAction.UPDATE, held, seen=True)


@transaction.atomic
def prepare(scope: Scope, *, proposal: Proposal, **prepared: Any) -> None:
    """Keep what is to be written for a role once it is accepted.

    Raises:
        PermissionDenied: the proposal is not the acting person's.
        ValidationError: it waits no more.
    """
    held = _locked(proposal)
    if not rules.manages(scope, held):
        raise PermissionDenied
    if not held.waits:
        raise ValidationError(_("Cette proposition n’attend plus de réponse : rien n’a été modifié."))
    Proposal.objects.filter(pk=held.pk).update(prepared=held.prepared | prepared)
    _write_entry(scope, AuditAction.UPDATE, held, **prepared)


def write_lapsed() -> int:
    """Write down which proposals nobody answered in time, and return how many there were; the nightly job."""
    return _write_lapsed()


def _write_lapsed(**which: object) -> int:
    with transaction.atomic(), system_scope("proposals") as product:
        late = Proposal.objects.select_for_update(of=("self",)).filter(
            state=ProposalState.WAITING, lapses_on__lte=timezone.localdate(), **which
        )
        lapsed = list(late)
        for proposal in lapsed:
            _end(proposal, ProposalState.LAPSED)
            _write_entry(product, AuditAction.CANCEL, proposal, lapsed=True)
    return len(lapsed)


def _ask_whoever_came_since(proposal: Proposal) -> None:
    """Have a role that nobody could confirm confirmed by whoever leads the organisation by now."""
    with system_scope("proposals"):
        unconfirmed = Proposal.objects.filter(
            pk=proposal.pk, state=ProposalState.WAITING, confirmation=Confirmation.NOBODY
        )
        if any(rules.could_be_confirmed(held) for held in unconfirmed):
            unconfirmed.update(confirmation=Confirmation.AWAITED)


def _locked(proposal: Proposal, **which: object) -> Proposal:
    """Return the proposal as it is, locked until the transaction ends: of two answers the second finds the first."""
    return Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk, **which)


def _end(proposal: Proposal, state: ProposalState) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(state=state, answered_at=timezone.now())


def tell(scope: Scope, proposal: Proposal, site_url: str) -> None:
    """Have the person mailed that a role is proposed to them."""
    with system_scope("proposals"):
        named = Proposal.objects.select_related("user", "organisation").get(pk=proposal.pk)
    send_proposal(scope, proposal=named, site_url=site_url)


def _write_entry(scope: Scope, action: AuditAction, proposal: Proposal, **detail: Any) -> None:
    """Append an entry to the organisation's journal, with names as they are now, and to an administrator's own."""
    organisation_id = proposal.organisation_id
    # Whoever answers for themselves acts in none of their roles.
    answers = scope.user_id == proposal.user_id or organisation_id in scope.roles.get(Role.LEAD, ())
    acting = () if answers else scope.roles.get(Role.ADMIN, ())
    with system_scope("proposals"):
        proposer = User.objects.get(pk=proposal.proposed_by_id)
    write_entry(
        scope,
        action,
        proposal,
        organisation_id=organisation_id,
        concerns=acting,
        person=proposal.full_name,
        role=proposal.role,
        by=str(proposer),
        **detail,
    )
