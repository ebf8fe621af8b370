"""Erase the second factor of somebody who lost it: two people decide, and the person is told."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, ResetState, Role
from accounts.journal.audit import write_entry
from accounts.mail.services import send_factor_told
from accounts.models import FactorReset, User
from accounts.people.services import roles_going_on
from accounts.scope import Scope, system_scope
from accounts.sessions.model import Session


@transaction.atomic
def ask_reset(scope: Scope, *, user: User, reason: str, site_url: str) -> FactorReset:
    """Ask that a person's second factor be erased; the person is told at once.

    Raises:
        ValidationError: it is one's own, or one request waits already.
    """
    if user.pk == scope.user_id:
        raise ValidationError(
            _("Personne n’efface son propre second facteur : demandez-le à deux autres personnes.")
        )
    if FactorReset.objects.filter(user=user, state=ResetState.WAITING).exists():
        raise ValidationError(_("Une demande attend déjà pour cette personne."))
    asked = FactorReset.objects.create(user=user, asked_by_id=scope.person_id, reason=reason)
    write_entry(scope, AuditAction.CREATE, asked, person=user.pk, reason=reason)
    send_factor_told(user=user, site_url=site_url)
    return asked


@transaction.atomic
def answer_reset(scope: Scope, *, reset: FactorReset, confirm: bool, site_url: str) -> None:
    """Confirm or refuse a request; once confirmed, the factors are erased and every session of the person ends.

    Raises:
        ValidationError: it was answered already, or by who asked or whom it is about, or it is an administrator's to
            confirm.
    """
    reset = FactorReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset.pk)
    if reset.state != ResetState.WAITING:
        raise ValidationError(_("Cette demande a déjà reçu une réponse."))
    if confirm and scope.user_id in {reset.asked_by_id, reset.user_id}:
        raise ValidationError(
            _("Une seconde personne doit confirmer : ni celle qui demande, ni celle que cela concerne.")
        )
    if confirm and not in_charge_alone(scope, reset.user):
        raise ValidationError(_("Un administrateur doit confirmer cette demande."))
    reset.state = ResetState.DONE if confirm else ResetState.REFUSED
    reset.answered_by_id, reset.answered_at = scope.user_id, timezone.now()
    reset.save(update_fields=["state", "answered_by", "answered_at"])
    if confirm:
        with system_scope("factor_reset"):
            Authenticator.objects.filter(user=reset.user).delete()
            Session.objects.filter(user=reset.user).delete()
    write_entry(scope, AuditAction.UPDATE, reset, person=reset.user_id, state=reset.state)
    send_factor_told(user=reset.user, site_url=site_url)


def in_charge_alone(scope: Scope, user: User) -> bool:
    """Say whether a person works for the acting person’s organisations alone, or an administrator acts.

    Two leads of one landlord would else take the factor away that keeps another organisation's content.
    """
    if scope.has(Role.ADMIN):
        return True
    return {organisation for _role, organisation in roles_going_on(user)} <= set(
        scope.roles.get(Role.LEAD, ())
    )
