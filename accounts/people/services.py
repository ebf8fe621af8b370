"""End roles, open and close accounts, correct names, manage organisations."""

from contextlib import nullcontext
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.journal.audit import write_account_entry, write_entry
from accounts.mail.services import send_ended, send_invitation_again
from accounts.mail.tasks import NOBODY, send_password_link
from accounts.models import Membership, Organisation, User
from accounts.proposals.telling import officers_told
from accounts.scope import Scope, system_scope
from core.outbox import services as outbox
from core.versions import State, check_version

from .kinds import kind_kept


@transaction.atomic
def end_membership(scope: Scope, *, membership: Membership) -> None:
    """End a role today, unless somebody just has; it takes effect at its holder's next request.

    Raises:
        PermissionDenied: the acting person sees the membership but may not end it.
        ValidationError: no administrator would be left.
    """
    if membership.role == Role.ADMIN:
        others = [held for held in _lock_administrators(scope) if held.pk != membership.pk]
        if not others:
            raise ValidationError(
                _("Il ne resterait personne pour administrer : donnez d’abord ce rôle à quelqu’un d’autre.")
            )
    with officers_told(pk=membership.pk):
        held = Membership.objects.live().filter(pk=membership.pk)
        ended = held.update(ends_on=timezone.localdate())
    if not ended:
        if held.exists():
            raise PermissionDenied
        return
    write_entry(
        scope, AuditAction.CANCEL, membership, organisation_id=membership.organisation_id,
        user=membership.user_id, role=membership.role,
    )  # fmt: skip
    send_ended(scope, user_id=membership.user_id)


@transaction.atomic
def set_active(scope: Scope, *, user: User, active: bool) -> None:
    """Open or close an account.

    Raises:
        PermissionDenied: the acting person is no longer an administrator.
        ValidationError: it is the acting person's own account.
    """
    if not active:
        if user.pk == scope.user_id:
            raise ValidationError(_("On ne ferme pas son propre compte."))
        # The acting person remains, so an administrator always does.
        _lock_administrators(scope)
    with officers_told(user=user):
        User.objects.filter(pk=user.pk).update(is_active=active)
    write_entry(scope, AuditAction.UPDATE, user, acting_in=[Role.ADMIN], active=active)


def _lock_administrators(scope: Scope) -> list[Membership]:
    """Lock the roles of everybody who can administer now until the transaction ends, and return them.

    All callers lock them in the same order. Of two administrators who dismiss or close each other, the
    second waits, and then finds that they are no longer an administrator.

    Raises:
        PermissionDenied: the acting person is no longer among them.
    """
    locked = Membership.objects.select_for_update(of=("self", "user")).live().filter(role=Role.ADMIN)
    able = [held for held in locked.select_related("user").order_by("pk") if held.user.is_active]
    if scope.user_id not in {held.user_id for held in able}:
        raise PermissionDenied
    return able


@transaction.atomic
def invite_again(scope: Scope, *, user: User, site_url: str) -> None:
    """Send a new link to a person who has not chosen a password yet.

    Raises:
        ValidationError: the person has a password; the login page offers to replace it.
    """
    if user.has_usable_password():
        raise ValidationError(_("Cette personne a déjà choisi son mot de passe."))
    write_entry(
        scope,
        AuditAction.UPDATE,
        user,
        acting_in=[Role.ADMIN, Role.LEAD, Role.COORDINATOR],
        invited_again=True,
    )
    send_invitation_again(scope, user=user, site_url=site_url)


@transaction.atomic
def request_password_link(*, email: str, site_url: str) -> None:
    """Have a person who forgot their password e-mailed a link to choose another.

    Nobody is logged in, so nobody acts: the journal entry is that of the password chosen by the link. An
    address without an open account is given the same work, up to a message for nobody: neither the time
    nor a failure tells one address from another.

    Args:
        email: the address; its case does not matter.
        site_url: the base of the link in the e-mail, without a final slash.
    """
    with system_scope("authentication"):
        known = User.objects.filter(email__iexact=email.strip(), is_active=True)
        user_id = known.values_list("pk", flat=True).order_by("pk").first()
        outbox.send(send_password_link, user_id or NOBODY, site_url)


def may_rename(scope: Scope, *, user: User) -> bool:
    """Say whether the acting person may correct the name of ``user``.

    An administrator may correct any name; a lead only that of a person whose every role is that of an agent
    in the lead's own organisations. The name of a partner or of another landlord's agent, which others read,
    is not a lead's to write.
    """
    if scope.has(Role.ADMIN):
        return True
    held = roles_going_on(user)
    return bool(held) and held <= {(Role.AGENT, own) for own in scope.roles.get(Role.LEAD, ())}


def roles_going_on(user: User) -> set[tuple[str, int]]:
    """Return the roles of a person that have not ended, each with its organisation, whoever asks."""
    with system_scope("naming"):
        going_on = Q(ends_on=None) | Q(ends_on__gt=timezone.localdate())
        # Unordered: the default order joins organisations, which this scope may not read.
        rows = Membership.objects.filter(going_on, user=user).order_by()
        return set(rows.values_list("role", "organisation_id"))


def state_of_name(user: User) -> State:
    """Return the fields that the form of a name writes, with their values."""
    return {"full_name": user.full_name}


@transaction.atomic
def rename(scope: Scope, *, user: User, full_name: str, version: str) -> None:
    """Correct the name of a person; their login address stays.

    Raises:
        PermissionDenied: the acting person may not correct this name.
        StaleError: the name is no longer in the ``version`` the form was opened on.
    """
    if not may_rename(scope, user=user):
        raise PermissionDenied
    # A lead may not write accounts; this system scope may write the name alone.
    with nullcontext() if scope.has(Role.ADMIN) else system_scope("naming"):
        held = User.objects.select_for_update().get(pk=user.pk)
        check_version(version, held, state_of_name(held))
        User.objects.filter(pk=held.pk).update(full_name=full_name)
    # Where the person works, the journal must tell a change by an administrator from the last one by a lead.
    works_for = (
        Membership.objects.live().filter(user=user).order_by().values_list("organisation_id", flat=True)
    )
    write_entry(
        scope, AuditAction.UPDATE, user, acting_in=[Role.ADMIN, Role.LEAD], concerns=works_for, renamed=True
    )


@transaction.atomic
def choose_language(scope: Scope, *, user: User, language: str) -> None:
    """Set the language that ``user`` reads, a code of ``settings.LANGUAGES``."""
    User.objects.filter(pk=user.pk).update(language=language)
    write_account_entry(scope, AuditAction.UPDATE, user, language=language)


def state_of_organisation(organisation: Organisation) -> State:
    """Return the fields that the form of an organisation writes, with their values."""
    return {"name": organisation.name, "kind": organisation.kind}


@transaction.atomic
def correct_organisation(
    scope: Scope, *, organisation: Organisation, name: str, kind: OrganisationKind, version: str
) -> None:
    """Correct the name and the kind of an organisation.

    The former name stays as an alias, by which imports still find a landlord. The database decides whether the kind
    may change still (0031_kind_corrected.sql).

    Raises:
        StaleError: they are no longer those of the ``version`` the form was opened on.
        ValidationError: roles, places or agreements rest on the kind.
    """
    # Whoever proposes a role at this moment commits first: their foreign key must not wait for this lock.
    held = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    check_version(version, held, state_of_organisation(held))
    said: dict[str, Any] = {"renamed": True} if held.name != name else {}
    if held.kind != kind:
        said |= {"kind": kind, "former_kind": held.kind}
    if "renamed" in said and held.name not in held.aliases:
        held.aliases = [*held.aliases, held.name]
    held.name, held.kind = name, kind
    with kind_kept():
        held.save(update_fields=["name", "aliases", "kind"] if "kind" in said else ["name", "aliases"])
    if said:
        # Where a kind changes nobody works yet, or reads the journal: an administrator's own tells of it too.
        also = scope.roles.get(Role.ADMIN, ()) if "kind" in said else ()
        write_entry(
            scope, AuditAction.UPDATE, organisation, organisation_id=organisation.pk, concerns=also, **said
        )


@transaction.atomic
def create_organisation(scope: Scope, *, name: str, kind: OrganisationKind) -> Organisation:
    """Create an organisation."""
    organisation = Organisation.objects.create(name=name, kind=kind)
    write_entry(scope, AuditAction.CREATE, organisation, organisation_id=organisation.pk)
    return organisation
