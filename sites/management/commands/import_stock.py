"""Import stock files of several landlords."""

from argparse import ArgumentParser
from typing import Any

from sites.enums import ImportKind
from sites.imports.command import ImportCommand


class Command(ImportCommand):
    """The operator's import of stock, which creates the landlords that a file names."""

    help = "Import residences and addresses from files (CSV, XLSX, XLS, ODS, GeoJSON, zipped), and the landlords they name."
    kind = ImportKind.STOCK
    scope = "stock_import"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the landlord of files that name none."""
        super().add_arguments(parser)
        parser.add_argument("--landlord", help="whose stock it is, when the file does not say")

    def overrides(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the landlord given on the command line, as an option of the profile."""
        return {"landlord": options["landlord"]} if options["landlord"] else {}
