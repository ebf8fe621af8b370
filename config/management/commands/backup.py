"""Run ``manage.py backup FILE``: dump the whole database to one file."""

import os
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import system_scope
from config.backup import BackupError, backup


class Command(BaseCommand):
    """The command that backs the database up to a file only its owner can read."""

    help = "Sauvegarde toute la base dans un fichier (BACKUP_DATABASE_URL : rôle non soumis aux règles)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file to write."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: object, file: Path, **_options: object) -> None:
        """Back up, and print the size and the time it took."""
        started = time.monotonic()
        try:
            backup(os.environ["BACKUP_DATABASE_URL"], file)
        except KeyError as error:
            message = "BACKUP_DATABASE_URL must name a role with BYPASSRLS."
            raise CommandError(message) from error
        except BackupError as error:
            raise CommandError(str(error)) from error
        # A backup exports everything, so the journal records it; metrics export its age.
        with system_scope("backup") as scope:
            write_entry(scope, AuditAction.EXPORT, "backup")
        size = file.stat().st_size / 1e6
        self.stdout.write(f"{file}: {size:.1f} MB, {time.monotonic() - started:.1f} s")
