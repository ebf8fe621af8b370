"""Who: accounts, organisations, memberships; the acting-user scope; the audit journal."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The innermost room: it imports no other app."""

    name = "accounts"
