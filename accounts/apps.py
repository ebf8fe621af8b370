"""Configure the app of people: accounts, organisations, memberships, the scope, the journal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The app that names the subjects of its own journal entries at start."""

    name = "accounts"

    def ready(self) -> None:
        """Register the names that the journal shows for pages, lists and files of this app."""
        from .journal.reading import name_subjects

        name_subjects({
            "accounts.journal": _("le journal"),
            "accounts.user": _("la liste des comptes"),
            "backup": _("une sauvegarde"),
        })  # fmt: skip
