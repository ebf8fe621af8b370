"""Print the policies that the models declare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.perimeter import declared, page, policies_sql


class Command(BaseCommand):
    """The command that prints the SQL of tables' policies, for the file of a migration, or the page about all of them."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the tables, and the option for the page."""
        parser.add_argument("tables", nargs="*", help="names of tables; every table without one")
        parser.add_argument("--page", action="store_true", help="print docs/policies.md instead")

    def handle(self, *args: object, **options: Any) -> None:
        """Print the page, or the policies of the tables."""
        if options["page"]:
            self.stdout.write(page(), ending="")
            return
        for table in options["tables"] or declared():
            self.stdout.write(policies_sql(table))
