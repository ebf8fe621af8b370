"""Import files of facts of several landlords."""

from argparse import ArgumentParser
from typing import Any

from sites.enums import ImportKind
from sites.imports.command import ImportCommand


class Command(ImportCommand):
    """The operator's import: places each fact at whichever landlord's address it belongs to."""

    help = "Import facts from CSV or XLSX files, placed at the addresses of every landlord."
    kind = ImportKind.INCIDENTS
    scope = "incident_import"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the radius."""
        super().add_arguments(parser)
        parser.add_argument(
            "--radius", type=float, help="metres within which an address may be a fact's place"
        )

    def overrides(self, options: dict[str, Any]) -> dict[str, Any]:
        """Give the radius of the command line."""
        return {"radius": options["radius"]} if options["radius"] else {}
