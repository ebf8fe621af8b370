"""Plant the fictional territory of the demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.seeding import seed


class Command(BaseCommand):
    """``manage.py seed_demo``; refused where people's real records may live."""

    help = "Plant the fictional territory; does nothing when it is there already."

    def handle(self, *args: object, **options: object) -> None:
        """Plant, or say why not."""
        if not (settings.DEMO or settings.DEBUG):
            message = "The fictional territory is for the demonstration settings only."
            raise CommandError(message)
        planted = seed(timezone.localdate())
        self.stdout.write("Fictional territory planted." if planted else "It is there already.")
