"""Run ``manage.py restore FILE DATABASE``: create a new database from a backup."""

import os
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import BackupError, restore


class Command(BaseCommand):
    """The command that restores a backup into a database that does not exist yet."""

    help = "Restaure une sauvegarde dans une base nouvelle (SUPERUSER_DATABASE_URL)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the name of the new database."""
        parser.add_argument("file", type=Path)
        parser.add_argument("database")

    def handle(self, *_args: object, file: Path, database: str, **_options: object) -> None:
        """Restore, and print the time it took."""
        started = time.monotonic()
        try:
            restore(os.environ["SUPERUSER_DATABASE_URL"], file, database)
        except KeyError as error:
            message = "SUPERUSER_DATABASE_URL must name a superuser of the server to restore to."
            raise CommandError(message) from error
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{database}: {time.monotonic() - started:.1f} s")
