"""Find or invite the person a mandate is for.

A coordinator sees only the accounts of the members of their own circles. The look-up runs in the
"invitation" scope, whose policies open only the organisations of police, justice and the State, and
the memberships with the role of partner.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.journal.audit import write_entry
from accounts.mail.services import send_invitation
from accounts.models import Membership, Organisation, User
from accounts.scope import Scope, system_scope
from core.constraints import refused_as

CIRCLE_KINDS = (
    OrganisationKind.POLICE,
    OrganisationKind.GENDARMERIE,
    OrganisationKind.MUNICIPAL_POLICE,
    OrganisationKind.JUSTICE,
    OrganisationKind.STATE,
)


def find_partner(email: str) -> User | None:
    """Return the active account with that e-mail address, if it has the role of partner today."""
    with system_scope("invitation"):
        partners = Membership.objects.live().filter(role=Role.PARTNER)
        return User.objects.filter(
            email__iexact=email.strip(), is_active=True, pk__in=partners.values("user_id")
        ).first()


def organisation_of(user: User) -> Organisation | None:
    """Return the organisation in which the person is a partner today; of several, the one they joined first."""
    with system_scope("invitation"):
        partners = Membership.objects.live().filter(user=user, role=Role.PARTNER)
        found = partners.select_related("organisation").order_by("starts_on", "pk").first()
    return found.organisation if found else None


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
    purpose: str,
) -> User:
    """Create an account with the role of partner in ``organisation`` from today.

    An e-mail with the link to choose a password, which names the circle's ``purpose``, is sent to it.

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
        Membership.objects.create(user=user, organisation=organisation, role=Role.PARTNER)
    write_entry(
        scope,
        AuditAction.CREATE,
        user,
        organisation_id=audit_organisation_id,
        concerns=[organisation.pk],
        invited_to=organisation.pk,
    )
    send_invitation(
        scope,
        user=user,
        site_url=site_url,
        organisation=organisation,
        role=Role.PARTNER,
        inviting_id=audit_organisation_id,
        purpose=purpose,
    )
    return user
