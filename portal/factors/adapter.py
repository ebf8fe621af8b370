"""Adapt allauth's second factors: secrets encrypted at rest, and rows looked up before anybody is logged in."""

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import system_scope


class FactorAdapter(DefaultMFAAdapter):
    """allauth's adapter with the product's key and words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant."),
        "incorrect_key": _("Cette clé n’a pas été reconnue. Recommencez, ou prenez un code."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret; one that cannot be read is replaced by one that no code answers to."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()

    def is_mfa_enabled(self, user: User, types: Any = None) -> bool:
        """Say whether a person has a second factor, whoever asks: at the login nobody is known yet."""
        with system_scope("authentication"):
            return bool(super().is_mfa_enabled(user, types))


def _cipher() -> MultiFernet:
    """Return the cipher of the secrets, which writes with the key of SECRET_KEY and reads with former ones too."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret)) for secret in keys])


def _key(secret: str | bytes) -> bytes:
    digest = salted_hmac("portal.factors", "secrets", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
