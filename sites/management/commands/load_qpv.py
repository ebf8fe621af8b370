"""Load the outlines of the priority neighbourhoods."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.scope import system_scope
from sites.basemap.neighbourhoods import NeighbourhoodsError, load_neighbourhoods


class Command(BaseCommand):
    """The command that inserts or updates the neighbourhoods of the published file."""

    help = "Load the priority neighbourhoods (QPV) from a GeoJSON file, in longitudes and latitudes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, **options: Path) -> None:
        """Load the neighbourhoods, and print their number."""
        try:
            with system_scope("stock_import") as scope:
                count = load_neighbourhoods(scope, options["file"])
        except NeighbourhoodsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} neighbourhoods")
