"""What every role meets: login, home, navigation, search, guided visit, components, errors."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Brings the template tags of pages; it has no table."""

    name = "portal"
