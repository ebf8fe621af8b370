"""Finding, or inviting, the person a mandate is for.

A coordinator sees no account but those of the own circles' members. The look-up runs in the
"invitation" scope, whose policies reach the organisations of police, justice and the State,
and the role of partner, alone.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership, Organisation, User
from accounts.people.tasks import send_invitation
from accounts.scope import Scope, system_scope
from core.outbox import services as outbox

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


def organisation_of(user: User) -> Organisation | None:
    """Return the organisation whose partner the person is today; of several, that of longest standing."""
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
) -> User:
    """Make an account that is a partner of ``organisation`` from today.

    It gets an e-mail with the link by which its holder chooses a password.

    Raises:
        ValidationError: the address has an account already. A coordinator gives no role to
            the people of others, nor back to a partner whose role was ended: it would open
            the circles of other territories again.
    """
    with system_scope("invitation"):
        if User.objects.filter(email__iexact=email.strip()).exists():
            raise ValidationError(
                _("Cette adresse ne peut pas être invitée d’ici : adressez-vous à l’exploitant.")
            )
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
    outbox.send(send_invitation, user.pk, site_url)
    return user
