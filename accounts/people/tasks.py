"""Send the e-mails with a link to choose a password: after an invitation, or when it is forgotten."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.scope import system_scope

# The id that stands for nobody, as no account has it.
NOBODY = 0


@shared_task(autoretry_for=(OSError,), retry_backoff=30, max_retries=8)
def send_invitation(user_id: int, site_url: str) -> None:
    """Send the link by which a new account sets its password; it works once, for a few days."""
    with system_scope("authentication"):
        user = User.objects.get(pk=user_id)
    _send_link(user, site_url, _("Votre accès à Palier"), "accounts/email/invitation.txt")


@shared_task(autoretry_for=(OSError,), retry_backoff=30, max_retries=8)
def send_password_link(user_id: int, site_url: str) -> None:
    """Send the link by which a person replaces a forgotten password; it works once, for a few days.

    Do nothing for :data:`NOBODY`, nor for an account that was closed meanwhile.
    """
    with system_scope("authentication"):
        user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        _send_link(user, site_url, _("Votre mot de passe pour Palier"), "accounts/email/password.txt")


def _send_link(user: User, site_url: str, subject: Promise, template: str) -> None:
    """Send ``template`` with a link to choose a password, in the language of the person."""
    with system_scope("authentication"):
        key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    context = {"user": user, "url": f"{site_url}{path}", "site_url": site_url, "days": days}
    with override(user.language):
        text = render_to_string(template, context)
        send_mail(str(subject), text, settings.DEFAULT_FROM_EMAIL, [user.email])
