"""Who: accounts, organisations, memberships; the acting-user scope; the audit journal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The innermost room: it imports no other app."""

    name = "accounts"

    def ready(self) -> None:
        """Name what entries of the journal are about."""
        from .journal.reading import name_subjects

        name_subjects({
            "accounts.journal": _("le journal"),
            "accounts.user": _("la liste des comptes"),
            "backup": _("une sauvegarde"),
        })  # fmt: skip
