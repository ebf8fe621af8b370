"""Load the outlines of communes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.scope import system_scope
from sites.basemap.outlines import load_outlines
from sites.basemap.published import PublishedError


class Command(BaseCommand):
    """The command that stores the outlines of the communes of a published file."""

    help = (
        "Load the outlines of communes from a GeoJSON file of the State's (Admin Express, Etalab), in longitudes and"
        " latitudes. Maps draw those of the reader's territories."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, **options: Any) -> None:
        """Load the outlines, and print the numbers."""
        try:
            with system_scope("stock_import") as scope:
                loaded = load_outlines(scope, options["file"])
        except PublishedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{loaded.held} outlines of communes; {loaded.unknown} entries of others left out")
