"""What happened: facts, narratives, disruptions, standing observations."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Facts recorded by place and type, never by person."""

    name = "incidents"
