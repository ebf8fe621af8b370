"""Load the outlines of the priority neighbourhoods."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.scope import system_scope
from sites.basemap.neighbourhoods import load_neighbourhoods
from sites.basemap.published import PublishedError


class Command(BaseCommand):
    """The command that makes the neighbourhoods those of the published file."""

    help = (
        "Load the priority neighbourhoods (QPV) in force from the GeoJSON file of the whole country, in longitudes"
        " and latitudes, and remove those that the file no longer has."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, and whether it is a part."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--part", action="store_true", help="the file covers a part of the country: remove nothing"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Load the neighbourhoods, and print the numbers."""
        try:
            with system_scope("stock_import") as scope:
                loaded = load_neighbourhoods(scope, options["file"], part=options["part"])
        except PublishedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{loaded.held} neighbourhoods; {loaded.left_out} entries not in force left out;"
            f" {loaded.removed} ended neighbourhoods removed"
        )
