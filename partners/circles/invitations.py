"""Invite people to circles: each accepts or refuses the mandate, and the role it rests on.

What is done and what the inviting coordinator then sees is alike for an address that has an account and for one that
has none. The organisations of police, justice and the State are read in the scope "invitation".
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import PARTNER_KINDS, AuditAction, ProposalState, Role
from accounts.journal.audit import write_entry
from accounts.models import Organisation, Proposal, User
from accounts.proposals.services import WAITS, account_of, tell
from accounts.scope import Scope, system_scope
from core.constraints import refused_as
from partners.models import Circle, Mandate

from .copies import number_copies_of

_LONGEST_PURPOSE = 300
_ENDED = (ProposalState.REFUSED, ProposalState.WITHDRAWN, ProposalState.LAPSED)


@dataclass(frozen=True)
class Invited:
    """Whom a coordinator invites, as they write it.

    Attributes:
        email: the address; its case does not matter.
        full_name: a name that is shown to the coordinator until the person has accepted.
        organisation: the one as whose partner the person is invited.
    """

    email: str
    full_name: str
    organisation: Organisation


def partner_organisations() -> list[Organisation]:
    """Return the organisations a partner can be invited from."""
    with system_scope("invitation"):
        return list(Organisation.objects.filter(kind__in=PARTNER_KINDS))


@transaction.atomic
def invite(
    scope: Scope,
    *,
    circle: Circle,
    invited: Invited,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    site_url: str,
) -> Mandate:
    """Propose a mandate, as :func:`propose` does, and have the person mailed."""
    mandate = propose(scope, circle=circle, invited=invited, starts_on=starts_on, ends_on=ends_on)
    if mandate.proposal:
        tell(scope, mandate.proposal, site_url)
    return mandate


@transaction.atomic
def propose(
    scope: Scope, *, circle: Circle, invited: Invited, starts_on: dt.date, ends_on: dt.date | None = None
) -> Mandate:
    """Propose a mandate in ``circle`` to whoever has an address.

    It gives nothing until the person accepts it. A numbered copy of each note issued to the circle waits with it.

    Raises:
        ValidationError: the person holds a mandate in that period or is invited to one, or it is oneself.
    """
    user = account_of(invited.email)
    if user.pk == scope.user_id:
        raise ValidationError(_("On ne s’habilite pas soi-même : demandez-le à un autre coordonnateur."))
    _end_what_counts_no_more(circle, user)
    mandate = Mandate(
        circle=circle,
        territory=circle.territory,
        user=user,
        organisation=invited.organisation,
        proposal=_propose(scope, circle, user, invited),
        starts_on=starts_on,
        ends_on=ends_on,
        created_by_id=scope.user_id,
    )
    with refused_as(ValidationError(_("Cette personne est déjà habilitée ou invitée dans cette période."))):
        mandate.save(force_insert=True)
    number_copies_of(mandate)
    _write_entry(scope, mandate, invited)
    return mandate


def _propose(scope: Scope, circle: Circle, user: User, invited: Invited) -> Proposal:
    with system_scope("invitation"):
        return Proposal.objects.create(
            user=user,
            organisation=invited.organisation,
            role=Role.PARTNER,
            email=invited.email.strip(),
            full_name=invited.full_name,
            proposed_by_id=scope.person_id,
            inviting_id=circle.territory.organisation_id,
            purpose=(circle.purpose or circle.name)[:_LONGEST_PURPOSE],
            lapses_on=timezone.localdate() + WAITS,
        )


def _end_what_counts_no_more(circle: Circle, user: User) -> None:
    """End the mandates of a person that were not accepted in time, or of which the role or the council is no more."""
    today = timezone.localdate()
    unanswered = Q(membership=None) & (Q(proposal__state__in=_ENDED) | Q(proposal__lapses_on__lte=today))
    for former in Mandate.objects.to_end().filter(
        unanswered | Q(membership__ends_on__lte=today) | ~Q(council=circle.territory.organisation_id),
        circle=circle,
        user=user,
    ):
        former.end_today()


def _write_entry(scope: Scope, mandate: Mandate, invited: Invited) -> None:
    write_entry(
        scope,
        AuditAction.CREATE,
        mandate,
        organisation_id=mandate.territory.organisation_id,
        concerns=[invited.organisation.pk],
        circle=mandate.circle_id,
        person=invited.full_name,
        invited_to=invited.organisation.pk,
    )
