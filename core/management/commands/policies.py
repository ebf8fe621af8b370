"""Print the policies that the models declare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.perimeter import declared, page, policies_sql


class Command(BaseCommand):
    """Prints the SQL of a table's policies, for the file of a migration, or the page about all of them."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the tables, and the choice of the page."""
        parser.add_argument("tables", nargs="*", help="names of tables; every table without one")
        parser.add_argument("--page", action="store_true", help="print docs/policies.md instead")

    def handle(self, *args: object, **options: Any) -> None:
        """Run the command."""
        if options["page"]:
            self.stdout.write(page(), ending="")
            return
        for table in options["tables"] or declared():
            self.stdout.write(policies_sql(table))
