"""Make the links by which people choose a password."""

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from accounts.models import Membership, User
from accounts.scope import system_scope


class KeyGenerator(PasswordResetTokenGenerator):
    """The generator of the keys in links: a role given since makes a key worthless.

    Whoever copied a link for their own agent cannot use it once somebody else has given that person a role.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """Return what a key is made of, the person's roles included."""
        with system_scope("mail"):
            held = Membership.objects.filter(user=user).order_by("pk").values_list("pk", flat=True)
            return f"{super()._make_hash_value(user, timestamp)}{[*held]}"


def password_link(user: User, site_url: str) -> str:
    """Return an address at which the person chooses a password, valid for ``PASSWORD_RESET_TIMEOUT``."""
    with system_scope("mail"):
        key = KeyGenerator().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{site_url}{path}"
