"""Import files of facts of several landlords."""

from argparse import ArgumentParser
from typing import Any

from sites.enums import ImportKind
from sites.imports.command import ImportCommand


class Command(ImportCommand):
    """The operator's import, which places each fact at the address it belongs to, whichever landlord's it is."""

    help = "Import facts from files (CSV, XLSX, XLS, ODS, GeoJSON, zipped), placed at the addresses of every landlord."
    kind = ImportKind.INCIDENTS
    scope = "incident_import"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option of the radius."""
        super().add_arguments(parser)
        parser.add_argument(
            "--radius", type=float, help="metres within which an address may be a fact's place"
        )

    def overrides(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the radius of the command line, if it was given, as an override of the profile."""
        return {"radius": options["radius"]} if options["radius"] else {}
