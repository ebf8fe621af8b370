"""Erase what has been kept for its term, or say what would be erased."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Organisation
from accounts.retention import rules, services
from accounts.scope import system_scope


class Command(BaseCommand):
    """The command that does what the nightly job does, and prints what went, by rule and organisation."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="erase nothing, and print what would go")
        parser.add_argument(
            "--day", type=dt.date.fromisoformat, help="with --dry-run: as of another day (YYYY-MM-DD)"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Apply the rules, or count what is due."""
        if options["dry_run"]:
            found = services.due(options["day"] or timezone.localdate())
        else:
            found = services.apply(timezone.localdate())
        with system_scope("journal"):
            names: dict[int | None, str] = dict(Organisation.objects.values_list("pk", "name"))
        for rule in rules():
            for organisation, number in found.get(rule.name, {}).items():
                self.stdout.write(f"{number}\t{rule.label}\t{names.get(organisation, '–')}")
