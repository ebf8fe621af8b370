"""Propose roles, confirm them for the organisation, and take them back."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Confirmation, ProposalState, Role
from accounts.mail.links import password_link
from accounts.mail.services import inviting, send_proposal
from accounts.models import Organisation, Proposal, User
from accounts.scope import Scope, system_scope
from core.constraints import refused_as

from . import rules
from .answering import write_lapsed_of
from .stored import end, enter, locked
from .telling import tell_organisation

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
        full_name: the name as whoever invites writes it; it is shown to them until the person has accepted.
        role: one that an organisation of this kind gives.
        organisation: the organisation that gives the role.
        site_url: the base of the link in the e-mail, without a final slash.

    Raises:
        ValidationError: the person holds that role already, is proposed it, or may not be.
    """
    user = account_of(email)
    return propose(
        scope,
        user=user,
        email=email,
        full_name=full_name,
        role=role,
        organisation=organisation,
        site_url=site_url,
    )


def account_of(email: str) -> User:
    """Return the account of an address; make it, without a password and a name, if there is none.

    A lead may not learn whether an address has an account: a system scope looks it up, and both cases cost the same.
    """
    with system_scope("invitation"):
        new = User(email=email.strip().lower())
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
    write_lapsed_of(user=user, organisation=organisation, role=role)
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
    enter(scope, AuditAction.CREATE, proposal, confirmation=proposal.confirmation)
    if proposal.unconfirmed:
        tell_organisation(proposal)
    else:
        tell(scope, proposal, site_url)
    return proposal


@transaction.atomic
def confirm(scope: Scope, *, proposal: Proposal, site_url: str) -> None:
    """Confirm, for the organisation, a role that an administrator proposes in it; its person is told from now on.

    Raises:
        PermissionDenied: it is not the acting person's to confirm.
        ValidationError: it waits for no confirmation any more.
    """
    held = locked(proposal)
    if not (held.waits and held.unconfirmed):
        raise ValidationError(_("Cette proposition n’attend plus de confirmation."))
    if not rules.may_confirm(scope, held):
        raise PermissionDenied
    Proposal.objects.filter(pk=held.pk).update(confirmation=Confirmation.GIVEN, confirmed_by=scope.person_id)
    enter(scope, AuditAction.UPDATE, held, confirmed=True)
    tell(scope, held, site_url)


@transaction.atomic
def withdraw(scope: Scope, *, proposal: Proposal) -> None:
    """Take a proposal back: it cannot be accepted any more, and its link opens nothing.

    Raises:
        PermissionDenied: it is not the acting person's to take back.
        ValidationError: it waits no more.
    """
    held = locked(proposal)
    if not held.waits:
        raise ValidationError(_("Cette proposition n’attend plus de réponse : rien n’a été modifié."))
    if not (rules.manages(scope, held) or rules.may_confirm(scope, held)):
        raise PermissionDenied
    end(held, ProposalState.WITHDRAWN)
    if held.proposed_by_id == scope.person_id:
        # Whoever proposed it is told of what others set aside.
        Proposal.objects.filter(pk=held.pk).update(seen_by=[*held.seen_by, scope.person_id])
    enter(scope, AuditAction.CANCEL, held)


@transaction.atomic
def send_again(scope: Scope, *, proposal: Proposal, site_url: str) -> None:
    """Have the person mailed once more.

    Raises:
        PermissionDenied: the proposal is not the acting person's.
        ValidationError: it does not wait for the person's answer.
    """
    held = locked(proposal)
    if not rules.manages(scope, held):
        raise PermissionDenied
    if not held.waits or held.unconfirmed:
        raise ValidationError(_("Cette proposition n’attend pas de réponse de cette personne."))
    enter(scope, AuditAction.UPDATE, held, sent_again=True)
    tell(scope, held, site_url)


@transaction.atomic
def copy_link(scope: Scope, *, proposal: Proposal, site_url: str) -> str:
    """Return the link by which a person chooses their first password, for whoever hands it over by other means.

    Raises:
        PermissionDenied: the acting person may not be shown it.
    """
    if not rules.may_copy_link(scope, proposal):
        raise PermissionDenied
    enter(scope, AuditAction.READ, proposal, invitation_link=True)
    return password_link(proposal.user, site_url, proposal)


@transaction.atomic
def prepare(scope: Scope, *, proposal: Proposal, **prepared: Any) -> None:
    """Keep what is to be written for a role once it is accepted.

    Raises:
        PermissionDenied: the proposal is not the acting person's.
        ValidationError: it waits no more.
    """
    held = locked(proposal)
    if held.organisation_id not in scope.roles.get(Role.LEAD, ()):
        raise PermissionDenied
    if not held.waits:
        raise ValidationError(_("Cette proposition n’attend plus de réponse : rien n’a été modifié."))
    Proposal.objects.filter(pk=held.pk).update(prepared=held.prepared | prepared)
    enter(scope, AuditAction.UPDATE, held, **prepared)


def tell(scope: Scope, proposal: Proposal, site_url: str) -> None:
    """Have the person mailed that a role is proposed to them."""
    with system_scope("proposals"):
        named = Proposal.objects.select_related("user", "organisation").get(pk=proposal.pk)
    send_proposal(scope, proposal=named, site_url=site_url)
