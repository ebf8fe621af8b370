"""Run ``manage.py bootstrap_database``: create roles, database and extensions on a server of one's own."""

import os

from django.core.management.base import BaseCommand, CommandError

from config.database import bootstrap


class Command(BaseCommand):
    """The command that creates what only a superuser may create; safe to run again."""

    help = "Crée les rôles, la base et les extensions (SUPERUSER_DATABASE_URL, PALIER_DB_PASSWORD)."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Bootstrap the server that the environment names."""
        try:
            uri, password = os.environ["SUPERUSER_DATABASE_URL"], os.environ["PALIER_DB_PASSWORD"]
        except KeyError as error:
            message = f"{error.args[0]} must be set in the environment."
            raise CommandError(message) from error
        bootstrap(uri, "palier", password)
        self.stdout.write("palier: ready to migrate (manage.py migrate --database owner)")
