"""Find or invite the person a mandate is for.

A coordinator sees only the accounts of the members of their own circles. The look-up runs in the
"invitation" scope, whose policies open only the organisations of police, justice and the State, and
the memberships and the proposals with the role of partner.
"""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import PARTNER_KINDS, AuditAction, ProposalState, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership, Organisation, Proposal, User
from accounts.proposals.services import WAITS, tell
from accounts.scope import Scope, system_scope
from core.constraints import refused_as

_LONGEST_PURPOSE = 300


def find_partner(email: str) -> User | None:
    """Return the active account with that e-mail address, if it is a partner's today or was invited as one."""
    with system_scope("invitation"):
        held = Membership.objects.live().filter(role=Role.PARTNER)
        partner = Q(pk__in=held.values("user_id"))
        # Somebody who has a password may have other roles, and has not accepted this one.
        invited = Q(pk__in=_invited().values("user_id"), password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return User.objects.filter(partner | invited, email__iexact=email.strip(), is_active=True).first()


def organisation_of(user: User) -> Organisation | None:
    """Return the organisation in which the person is a partner today, or is invited to be one.

    Of several, it is the one they joined first.
    """
    with system_scope("invitation"):
        partners = Membership.objects.live().filter(user=user, role=Role.PARTNER)
        held = partners.select_related("organisation").order_by("starts_on", "pk").first()
        invited = _invited().filter(user=user).select_related("organisation").order_by("pk").first()
    found = held or invited
    return found.organisation if found else None


def _invited() -> QuerySet[Proposal]:
    """Return the proposals of the role of partner that wait, in the scope "invitation"."""
    return Proposal.objects.filter(
        role=Role.PARTNER, state=ProposalState.WAITING, lapses_on__gt=timezone.localdate()
    )


def partner_organisations() -> list[Organisation]:
    """Return the organisations a partner can be invited from."""
    with system_scope("invitation"):
        return list(Organisation.objects.filter(kind__in=PARTNER_KINDS))


def invite_partner(
    scope: Scope,
    *,
    email: str,
    full_name: str,
    organisation: Organisation,
    audit_organisation_id: int,
    site_url: str,
    purpose: str,
) -> User:
    """Create an account, and propose it the role of partner in ``organisation``.

    An e-mail with the link to choose a password, which names the circle's ``purpose``, is sent to it: whoever chooses
    one accepts the role. Until then a mandate that names the organisation gives nothing.

    Raises:
        ValidationError: the address has an account already. A coordinator gives no role to an
            existing account, nor gives back an ended role of partner: that would reopen the
            circles of other territories to it.
    """
    not_from_here = ValidationError(
        _("Cette adresse ne peut pas être invitée d’ici : adressez-vous à l’exploitant.")
    )
    with system_scope("invitation"), refused_as(not_from_here):
        if User.objects.filter(email__iexact=email.strip()).exists():
            raise not_from_here
        user = User.objects.create_user(email=email, full_name=full_name)
        proposal = Proposal.objects.create(
            user=user,
            organisation=organisation,
            role=Role.PARTNER,
            email=email.strip(),
            full_name=full_name,
            proposed_by_id=scope.person_id,
            inviting_id=audit_organisation_id,
            purpose=purpose[:_LONGEST_PURPOSE],
            lapses_on=timezone.localdate() + WAITS,
        )
    write_entry(
        scope,
        AuditAction.CREATE,
        user,
        organisation_id=audit_organisation_id,
        concerns=[organisation.pk],
        invited_to=organisation.pk,
    )
    tell(scope, proposal, site_url)
    return user
