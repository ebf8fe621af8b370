"""Register the demonstration with the portal."""

from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    """The app that offers the demonstration's accounts on the login page."""

    name = "demo"

    def ready(self) -> None:
        """Register the accounts, if the demonstration is what runs."""
        from portal.login import offer_accounts

        from .accounts import LISTED

        if settings.DEMO:
            offer_accounts(LISTED)
