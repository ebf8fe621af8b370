"""Inviting people, giving and ending their roles, keeping organisations."""

from contextlib import nullcontext

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import ROLES_OF, AuditAction, OrganisationKind, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership, Organisation, User
from accounts.scope import Scope, system_scope
from core.outbox import services as outbox
from core.versions import State, check_version

from .tasks import send_invitation


@transaction.atomic
def invite(
    scope: Scope, *, email: str, full_name: str, role: Role, organisation: Organisation, site_url: str
) -> User:
    """Give somebody a role, with an account and an e-mail if they have none yet.

    Args:
        scope: an administrator, or the organisation's lead for an agent.
        email: known in any case of letters.
        full_name: used for a new account only.
        role: refused for an organisation of a kind that does not give it.
        organisation: where.
        site_url: where the link in the e-mail leads, without a final slash.

    Raises:
        ValidationError: the person holds that role already, or the role does not fit.
    """
    # Whether an address is known is not told to a lead: the account is looked up as the product.
    with system_scope("invitation"):
        user = User.objects.filter(email__iexact=email.strip()).first()
        made = user is None
        if user is None:
            user = User.objects.create_user(email=email, full_name=full_name)
    add_membership(scope, user=user, role=role, organisation=organisation)
    if made:
        outbox.send(send_invitation, user.pk, site_url)
    return user


@transaction.atomic
def add_membership(scope: Scope, *, user: User, role: Role, organisation: Organisation) -> Membership:
    """Give ``user`` a role from today; raises as :func:`invite` does."""
    if role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise ValidationError(_("Ce rôle n’existe pas dans un organisme de cette nature."))
    if Membership.objects.filter(user=user, role=role, organisation=organisation).live().exists():
        raise ValidationError(_("Cette personne a déjà ce rôle dans cet organisme."))
    membership = Membership.objects.create(user=user, role=role, organisation=organisation)
    write_entry(
        scope, AuditAction.CREATE, membership, organisation_id=organisation.pk, user=user.pk, role=str(role)
    )
    return membership


@transaction.atomic
def end_membership(scope: Scope, *, membership: Membership) -> None:
    """End a role today: its holder's next request finds the door closed.

    Raises:
        PermissionDenied: the acting person sees the membership but may not end it.
        ValidationError: nobody would be left to administer.
    """
    if membership.role == Role.ADMIN:
        others = [held for held in _lock_administrators(scope) if held.pk != membership.pk]
        if not others:
            raise ValidationError(
                _("Il ne resterait personne pour administrer : donnez d’abord ce rôle à quelqu’un d’autre.")
            )
    ended = Membership.objects.filter(pk=membership.pk).update(ends_on=timezone.localdate())
    if not ended:
        raise PermissionDenied
    write_entry(
        scope, AuditAction.CANCEL, membership, organisation_id=membership.organisation_id,
        user=membership.user_id, role=membership.role,
    )  # fmt: skip


@transaction.atomic
def set_active(scope: Scope, *, user: User, active: bool) -> None:
    """Open or close an account altogether.

    Raises:
        PermissionDenied: the acting person administers no more.
        ValidationError: it is the acting person's own.
    """
    if not active:
        if user.pk == scope.user_id:
            raise ValidationError(_("On ne ferme pas son propre compte."))
        # The acting person stays: somebody always administers.
        _lock_administrators(scope)
    User.objects.filter(pk=user.pk).update(is_active=active)
    write_entry(scope, AuditAction.UPDATE, user, acting_in=[Role.ADMIN], active=active)


def _lock_administrators(scope: Scope) -> list[Membership]:
    """Return the roles of those who can administer now, none of which changes before the transaction ends.

    Everybody locks them in one order: of two administrators who dismiss or close each other, the
    second waits, and then finds out that they administer no more.

    Raises:
        PermissionDenied: the acting person is not among them any more.
    """
    locked = Membership.objects.select_for_update(of=("self", "user")).live().filter(role=Role.ADMIN)
    able = [held for held in locked.select_related("user").order_by("pk") if held.user.is_active]
    if scope.user_id not in {held.user_id for held in able}:
        raise PermissionDenied
    return able


@transaction.atomic
def invite_again(scope: Scope, *, user: User, site_url: str) -> None:
    """Send a new link to somebody who has not chosen a password yet.

    Raises:
        ValidationError: the person has one; the login page offers to replace it.
    """
    if user.has_usable_password():
        raise ValidationError(_("Cette personne a déjà choisi son mot de passe."))
    write_entry(scope, AuditAction.UPDATE, user, acting_in=[Role.ADMIN, Role.LEAD], invited_again=True)
    outbox.send(send_invitation, user.pk, site_url)


def may_rename(scope: Scope, *, user: User) -> bool:
    """Say whether the acting person may correct the name of ``user``.

    An administrator anybody's; a lead that of people whose every role is that of an own agent:
    the name of a partner or of another's agent is not a lead's to write, on whatever it stands.
    """
    if scope.has(Role.ADMIN):
        return True
    with system_scope("naming"):
        going_on = Q(ends_on=None) | Q(ends_on__gt=timezone.localdate())
        # In no order: theirs is by the organisations' names, which this scope does not read.
        rows = Membership.objects.filter(going_on, user=user).order_by()
        held = set(rows.values_list("role", "organisation_id"))
    return bool(held) and held <= {(Role.AGENT, own) for own in scope.roles.get(Role.LEAD, ())}


def state_of_name(user: User) -> State:
    """Return what the form of a name writes."""
    return {"full_name": user.full_name}


@transaction.atomic
def rename(scope: Scope, *, user: User, full_name: str, version: str) -> None:
    """Correct the name of somebody; the address they log in with stays.

    Raises:
        PermissionDenied: the name is not the acting person's to correct.
        StaleError: it is another than in the ``version`` the form was opened with.
    """
    if not may_rename(scope, user=user):
        raise PermissionDenied
    # A lead writes no account: the name alone, as the product.
    with nullcontext() if scope.has(Role.ADMIN) else system_scope("naming"):
        held = User.objects.select_for_update().get(pk=user.pk)
        check_version(version, held, state_of_name(held))
        User.objects.filter(pk=held.pk).update(full_name=full_name)
    write_entry(scope, AuditAction.UPDATE, user, acting_in=[Role.ADMIN, Role.LEAD], renamed=True)


@transaction.atomic
def choose_language(scope: Scope, *, user: User, language: str) -> None:
    """Speak to ``user`` in ``language``, a code of ``settings.LANGUAGES``, from now on."""
    User.objects.filter(pk=user.pk).update(language=language)
    write_entry(scope, AuditAction.UPDATE, user, language=language)


def state_of_organisation(organisation: Organisation) -> State:
    """Return what the form of an organisation writes."""
    return {"name": organisation.name}


@transaction.atomic
def rename_organisation(scope: Scope, *, organisation: Organisation, name: str, version: str) -> None:
    """Give an organisation another name; the imports go on knowing a landlord by the former.

    Raises:
        StaleError: it has another than in the ``version`` the form was opened with.
    """
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_version(version, held, state_of_organisation(held))
    if held.name not in held.aliases and held.name != name:
        held.aliases = [*held.aliases, held.name]
    held.name = name
    held.save(update_fields=["name", "aliases"])
    write_entry(scope, AuditAction.UPDATE, organisation, organisation_id=organisation.pk, renamed=True)


@transaction.atomic
def create_organisation(scope: Scope, *, name: str, kind: OrganisationKind) -> Organisation:
    """Add an organisation."""
    organisation = Organisation.objects.create(name=name, kind=kind)
    write_entry(scope, AuditAction.CREATE, organisation, organisation_id=organisation.pk)
    return organisation
