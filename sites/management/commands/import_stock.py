"""Import stock files of several landlords."""

from argparse import ArgumentParser
from typing import Any

from sites.enums import ImportKind
from sites.imports.command import ImportCommand


class Command(ImportCommand):
    """The operator's import: creates the landlords the file names."""

    help = "Import residences and addresses from CSV or XLSX files, and the landlords they name."
    kind = ImportKind.STOCK
    scope = "stock_import"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the landlord of files that name none."""
        super().add_arguments(parser)
        parser.add_argument("--landlord", help="whose stock it is, when the file does not say")

    def overrides(self, options: dict[str, Any]) -> dict[str, Any]:
        """Give the landlord of the command line."""
        return {"landlord": options["landlord"]} if options["landlord"] else {}
