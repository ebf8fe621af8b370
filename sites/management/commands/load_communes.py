"""Load the communes of the official geographic code."""

from django.core.management.base import BaseCommand

from sites.imports.official_code import load_official_code


class Command(BaseCommand):
    """The command that inserts or updates every commune and municipal arrondissement."""

    help = "Load the communes of the official geographic code (INSEE) from the installed npm package."

    def handle(self, *args: object, **options: object) -> None:
        """Load the communes, and print their number."""
        self.stdout.write(f"{load_official_code()} communes")
