"""Declare the application of the pages that every role meets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The application of the portal, with the template tags of pages and without tables."""

    name = "portal"

    def ready(self) -> None:
        """Register the name that the journal shows for trials of the installation."""
        from accounts.journal.reading import name_subjects

        name_subjects(
            {"portal.trial": _("un essai de l’installation"), "portal.search": _("la recherche de lieux")}
        )
