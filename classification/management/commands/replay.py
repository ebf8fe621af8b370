"""Compute a closed campaign anew from the records, and name every difference and its cause."""

from argparse import ArgumentParser
from contextlib import suppress

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.scope import system_scope
from classification.campaigns.replay import Difference, replay
from classification.models import Closing
from core.jobs import JobState
from core.opaque import read


class Command(BaseCommand):
    """The command ``manage.py replay``; it changes nothing."""

    help = "Compute a closed campaign anew from the records, and name every difference and its cause."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the campaign and its version."""
        parser.add_argument("campaign", help="its name, or the address of its page")
        parser.add_argument("--number", type=int, help="the version; by default the one that counts")

    def handle(self, *args: object, **options: str) -> None:
        """Print the differences, or that there is none."""
        with transaction.atomic(), system_scope("evaluation"):
            closing = self._closing(options["campaign"], options["number"])
            differences = replay(closing)
            kept = closing.assessments.count()
        about = f"{closing.campaign.journal_name}, version {closing.number}"
        if kept < closing.sites:
            self.stdout.write(f"{about}: {closing.sites - kept} sites were erased at the end of their term.")
        if not differences:
            self.stdout.write(f"{about}: {kept} sites, the same bit for bit.")
            return
        self.stdout.write(f"{about}: {len(differences)} of {kept} sites differ.")
        for difference in differences:
            self.stdout.write(_line(difference))

    def _closing(self, campaign: str, number: str | None) -> Closing:
        rows = Closing.objects.filter(state=JobState.DONE).select_related("campaign__grid_version")
        found = rows.filter(campaign__name=campaign)
        with suppress(ValueError):
            found = rows.filter(campaign=read("campaign", campaign.rstrip("/").rsplit("/", 1)[-1]))
        if number is not None:
            found = found.filter(number=number)
        if found.values("campaign").distinct().order_by().count() > 1:
            message = "Several campaigns have this name: give the address of the page of one."
            raise CommandError(message)
        closing = found.order_by("-number").first()
        if closing is None:
            message = "There is no closed campaign of this name, or no such version of it."
            raise CommandError(message)
        return closing


def _line(difference: Difference) -> str:
    said = ", ".join(
        f"{name} {before} → {after}" if not isinstance(before, list) else name
        for name, (before, after) in difference.changed.items()
    )
    return f"- {difference.name}: {said} ({', '.join(difference.causes)})"
