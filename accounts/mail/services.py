"""Ask for mails to be sent."""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction

from accounts.enums import TOLD, AuditAction, MailKind, Role
from accounts.journal.audit import write_account_entry
from accounts.models import Mail, Organisation, Proposal, User
from accounts.scope import Scope, system_scope
from core.outbox import services as outbox

from .states import written
from .tasks import deliver


@transaction.atomic
def send_invitation(
    scope: Scope,
    *,
    user: User,
    site_url: str,
    organisation: Organisation | None = None,
    role: str = "",
    inviting_id: int | None = None,
    purpose: str = "",
) -> None:
    """Have a person mailed the link by which they choose their first password.

    Args:
        scope: who invites; the mail names them.
        user: the person invited, who has no password yet.
        site_url: the base of the link, without a final slash.
        organisation: the organisation that gives the role.
        role: the role given.
        inviting_id: the organisation in whose name the person is invited.
        purpose: the purpose of the circle they are invited to.
    """
    with system_scope("mail"):
        mail = written(
            user,
            MailKind.INVITATION,
            asked_by_id=scope.user_id,
            organisation=organisation,
            role=role,
            inviting_id=inviting_id,
            purpose=purpose,
        )
    outbox.send(deliver, mail.pk, site_url)


@transaction.atomic
def send_proposal(scope: Scope, *, proposal: Proposal, site_url: str) -> None:
    """Have a person mailed that a role is proposed to them: with a link to choose a first password, or without content.

    Args:
        scope: who asks for it; the mail names them.
        proposal: the proposal, with its person and its organisation.
        site_url: the base of the link, without a final slash.
    """
    with system_scope("mail"):
        mail = written(
            proposal.user,
            MailKind.INVITATION,
            proposal=proposal,
            asked_by_id=scope.user_id,
            organisation=proposal.organisation,
            role=proposal.role,
            inviting_id=proposal.inviting_id,
            purpose=proposal.purpose,
        )
    outbox.send(deliver, mail.pk, site_url)


@transaction.atomic
def send_invitation_again(scope: Scope, *, user: User, site_url: str) -> None:
    """Have the last invitation that the acting person sees of ``user`` sent again, in their own name."""
    former = Mail.objects.filter(user=user, kind=MailKind.INVITATION).order_by("-pk").first()
    held = user.memberships.live().order_by("pk").first()
    if former and former.proposal_id:
        with system_scope("mail"):
            proposal = Proposal.objects.select_related("user", "organisation").get(pk=former.proposal_id)
        send_proposal(scope, proposal=proposal, site_url=site_url)
        return
    about = former or held
    with system_scope("mail"):
        organisation = Organisation.objects.filter(pk=about.organisation_id or 0).first() if about else None
    send_invitation(
        scope,
        user=user,
        site_url=site_url,
        organisation=organisation,
        role=about.role if about else "",
        inviting_id=former.inviting_id if former else inviting(scope, held.organisation_id if held else None),
        purpose=former.purpose if former else "",
    )


def inviting(scope: Scope, organisation_id: int | None) -> int | None:
    """Return the organisation in whose name somebody gives a role of ``organisation_id``."""
    if organisation_id in scope.roles.get(Role.LEAD, ()):
        return organisation_id
    return next(iter(scope.roles.get(Role.ADMIN, ())), None)


@transaction.atomic
def send_trial(scope: Scope, *, user: User, site_url: str) -> None:
    """Have the acting person mailed a message that only shows that mail arrives."""
    with system_scope("mail"):
        mail = written(user, MailKind.TRIAL, asked_by_id=scope.user_id)
    outbox.send(deliver, mail.pk, site_url)


@transaction.atomic
def send_change(*, user: User, site_url: str) -> None:
    """Have a person mailed that something they had read has changed; the mail does not say what."""
    with system_scope("mail"):
        mail = written(user, MailKind.CHANGE)
    outbox.send(deliver, mail.pk, site_url)


@transaction.atomic
def send_factor_told(*, user: User, site_url: str) -> None:
    """Have a person mailed that erasing their second factor was asked for or decided; nobody turns this off."""
    with system_scope("mail"):
        mail = written(user, MailKind.FACTOR)
    outbox.send(deliver, mail.pk, site_url)


@transaction.atomic
def send_entry_changed(*, user: User, site_url: str) -> None:
    """Have a person mailed that a password, a second factor or recovery codes changed; nobody turns this off."""
    with system_scope("mail"):
        mail = written(user, MailKind.ENTRY)
    outbox.send(deliver, mail.pk, site_url)


@transaction.atomic
def send_ended(scope: Scope, *, user_id: int) -> None:
    """Have a person mailed that a role or a mandate of theirs was ended, unless by themselves; nobody turns this off."""
    if user_id == scope.user_id:
        return
    with system_scope("mail"):
        mail = written(User.objects.get(pk=user_id), MailKind.ENDED)
    outbox.send(deliver, mail.pk, settings.SITE_URL)


@transaction.atomic
def send_told(*, user: User, kind: MailKind) -> bool:
    """Have a person mailed that something awaits them; the mail does not say what. False where they want none.

    Args:
        user: the person.
        kind: :attr:`MailKind.IMPORT`, :attr:`MailKind.OBSERVATION` or :attr:`MailKind.AWAITED`.
    """
    if not (user.is_active and user.wants(kind)):
        return False
    with system_scope("mail"):
        outbox.send(deliver, written(user, kind).pk, settings.SITE_URL)
    return True


@transaction.atomic
def choose_mails(scope: Scope, *, user: User, wanted: Collection[str]) -> None:
    """Choose of which kinds the acting person is mailed; all others of :data:`accounts.enums.TOLD` are turned off."""
    user.told_by_mail = MailKind.CHANGE in wanted
    user.mails_off = [kind for kind in TOLD if kind != MailKind.CHANGE and kind not in wanted]
    user.save(update_fields=["told_by_mail", "mails_off"])
    write_account_entry(scope, AuditAction.UPDATE, user, mails=sorted(wanted))
