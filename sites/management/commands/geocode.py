"""Look up the points of addresses that have none."""

from functools import partial

from django.core.management.base import BaseCommand, CommandError

from accounts.scope import system_scope
from sites.geocoding.services import GeocodingError, geocode_pending, geocoder


class Command(BaseCommand):
    """The operator's geocoding, of every landlord's addresses."""

    help = "Ask the geocoder of GEOCODER_URL for the points of the addresses that wait for one."

    def handle(self, *args: object, **options: object) -> None:
        """Geocode what waits, and print the counts."""
        finder = geocoder()
        if finder is None:
            message = "GEOCODER_URL is not set."
            raise CommandError(message)
        try:
            counts = geocode_pending(partial(system_scope, "stock_import"), finder)
        except GeocodingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"found {counts['found']}, to place {counts['to_place']}")
