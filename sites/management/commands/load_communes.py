"""Load the communes of the official geographic code, and the intercommunal bodies they belong to."""

from django.core.management.base import BaseCommand

from sites.imports.official_code import load_intercommunalities, load_official_code


class Command(BaseCommand):
    """The command that inserts or updates every commune, municipal arrondissement and intercommunal body."""

    help = (
        "Load the communes and intercommunal bodies of the official geographic code (INSEE) from the installed npm"
        " package."
    )

    def handle(self, *args: object, **options: object) -> None:
        """Load the communes and the bodies, and print their numbers."""
        communes, bodies = load_official_code(), load_intercommunalities()
        self.stdout.write(f"{communes} communes, {bodies} intercommunal bodies")
