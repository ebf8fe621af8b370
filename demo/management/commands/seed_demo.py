"""Plant the fictional territory of the demonstration."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.seeding import seed
from demo.town import ensure_archive


class Command(BaseCommand):
    """``manage.py seed_demo``; refused where people's real records may live."""

    help = "Draw and plant the fictional territory; does nothing when it is there already."

    # The plan under the maps, which the checks ask for, is drawn here.
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        """Plant, or say why not."""
        if not (settings.DEMO or settings.DEBUG):
            message = "The fictional territory is for the demonstration settings only."
            raise CommandError(message)
        if settings.BASEMAP_PMTILES:
            ensure_archive(Path(settings.BASEMAP_PMTILES))
        planted = seed(timezone.localdate())
        self.stdout.write("Fictional territory planted." if planted else "It is there already.")
