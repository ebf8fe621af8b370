"""Finding, or inviting, the person a mandate is for.

A coordinator sees no account but those of the own circles' members. The look-up runs in the
"invitation" scope, whose policies reach the organisations of police, justice and the State,
and the role of partner, alone.
"""

from django.db import transaction

from accounts.audit import record
from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.scope import Scope, system_scope
from accounts.tasks import send_invitation

CIRCLE_KINDS = (
    OrganisationKind.POLICE,
    OrganisationKind.GENDARMERIE,
    OrganisationKind.MUNICIPAL_POLICE,
    OrganisationKind.JUSTICE,
    OrganisationKind.STATE,
)


def find_partner(email: str) -> User | None:
    """Return the active account of that address, if it is a partner's today."""
    with system_scope("invitation"):
        partners = Membership.objects.live().filter(role=Role.PARTNER)
        return User.objects.filter(
            email__iexact=email.strip(), is_active=True, pk__in=partners.values("user_id")
        ).first()


def partner_organisations() -> list[Organisation]:
    """Return the organisations a partner can be invited from."""
    with system_scope("invitation"):
        return list(Organisation.objects.filter(kind__in=CIRCLE_KINDS))


def invite_partner(
    scope: Scope,
    *,
    email: str,
    full_name: str,
    organisation: Organisation,
    audit_organisation_id: int,
    site_url: str,
) -> User:
    """Return an account that is a partner of ``organisation`` today, made if there is none.

    A new one gets an e-mail with the link by which its holder chooses a password.
    """
    with system_scope("invitation"):
        user = User.objects.filter(email__iexact=email.strip()).first()
        made = user is None
        if user is None:
            user = User.objects.create_user(email=email, full_name=full_name)
        memberships = Membership.objects.live().filter(
            user=user, organisation=organisation, role=Role.PARTNER
        )
        if not memberships.exists():
            Membership.objects.create(user=user, organisation=organisation, role=Role.PARTNER)
    record(
        scope,
        AuditAction.CREATE,
        user,
        organisation_id=audit_organisation_id,
        invited_to=organisation.pk,
    )
    if made:
        transaction.on_commit(lambda: send_invitation.delay(user.pk, site_url))
    return user
