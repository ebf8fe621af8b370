"""Plant the fictional territory of the demonstration."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.seeding import seed
from demo.town import ensure_archive


class Command(BaseCommand):
    """The command ``manage.py seed_demo``, which refuses settings that may hold real records."""

    help = "Draw and plant the fictional territory; does nothing when it is there already."

    # The checks need the background map, which this command draws.
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        """Draw the background map and plant the territory, unless it is there."""
        if not (settings.DEMO or settings.DEBUG):
            message = "The fictional territory is for the demonstration settings only."
            raise CommandError(message)
        if settings.BASEMAP_PMTILES:
            ensure_archive(Path(settings.BASEMAP_PMTILES))
        planted = seed(timezone.localdate())
        self.stdout.write("Fictional territory planted." if planted else "It is there already.")
