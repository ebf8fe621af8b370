"""Send e-mails to people who are invited."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.scope import system_scope


@shared_task(autoretry_for=(OSError,), retry_backoff=30, max_retries=8)
def send_invitation(user_id: int, site_url: str) -> None:
    """Send the link by which a new account sets its password; it works once, for a few days."""
    with system_scope("authentication"):
        user = User.objects.get(pk=user_id)
        key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    context = {"user": user, "url": f"{site_url}{path}", "site_url": site_url, "days": days}
    with override(user.language):
        text = render_to_string("accounts/email/invitation.txt", context)
        send_mail(_("Votre accès à Palier"), text, settings.DEFAULT_FROM_EMAIL, [user.email])
