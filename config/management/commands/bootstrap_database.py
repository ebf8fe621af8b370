"""Run ``manage.py bootstrap_database``: create roles, database and extensions on a server of one's own."""

import os

from django.core.management.base import BaseCommand, CommandError

from config.database import BACKUP_ROLE, OWNER_ROLE, RUNTIME_ROLE, bootstrap

# The variable that holds the password of each role; the backup's role may be left out.
PASSWORDS = {
    RUNTIME_ROLE: "PALIER_DB_PASSWORD",
    OWNER_ROLE: "PALIER_DB_OWNER_PASSWORD",
    BACKUP_ROLE: "PALIER_DB_BACKUP_PASSWORD",
}


class Command(BaseCommand):
    """The command that creates what only a superuser may create; safe to run again."""

    help = f"Crée les rôles, la base et les extensions (SUPERUSER_DATABASE_URL, {', '.join(PASSWORDS.values())})."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Bootstrap the server that the environment names; give each role its password."""
        passwords = {
            RUNTIME_ROLE: os.environ.get("PALIER_DB_PASSWORD", ""),
            OWNER_ROLE: os.environ.get("PALIER_DB_OWNER_PASSWORD", ""),
            BACKUP_ROLE: os.environ.get("PALIER_DB_BACKUP_PASSWORD", ""),
        }
        if not passwords[BACKUP_ROLE]:
            del passwords[BACKUP_ROLE]
        uri = os.environ.get("SUPERUSER_DATABASE_URL", "")
        needed = {"SUPERUSER_DATABASE_URL": uri} | {
            PASSWORDS[role]: given for role, given in passwords.items()
        }
        if missing := [name for name, value in needed.items() if not value]:
            message = f"{' and '.join(missing)} must be set in the environment."
            raise CommandError(message)
        if len(set(passwords.values())) < len(passwords):
            message = (
                f"{', '.join(PASSWORDS[role] for role in passwords)} must differ, because whoever takes over a process "
                "that serves would be able to switch the policies off; make one for each role."
            )
            raise CommandError(message)
        bootstrap(uri, "palier", passwords)
        self.stdout.write("palier: ready to migrate (manage.py migrate --database owner)")
