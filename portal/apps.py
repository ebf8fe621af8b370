"""Declare the application of the pages that every role meets."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The application of the portal, with the template tags of pages and without tables."""

    name = "portal"
