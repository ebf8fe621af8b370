"""Undo an import that was made by a command."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.scope import system_scope
from core.jobs import JobError, running
from sites.enums import ImportStage
from sites.imports.undo import services
from sites.imports.undo.plan import CHANGED, REMOVED, RESTORED, USED
from sites.models import ImportRun

_WHY = {
    REMOVED: "removed",
    RESTORED: "restored",
    USED: "kept: in use since",
    CHANGED: "kept: changed since",
}


class Command(BaseCommand):
    """The undoing of an operator's import, which prints what it removed, restored and left.

    It runs in the scope "seeding": what may refer to a row that goes is everybody's.
    """

    help = (
        "Undo an import made by import_stock or import_incidents: what it created goes, what it overwrote comes"
        " back, what was used or changed since stays. Without a number, list the imports that can be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the number of the import."""
        parser.add_argument("run", nargs="?", type=int, help="the number that the import printed")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would become of it, and undo nothing"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Undo the import, or say what its undoing would do."""
        if options["run"] is None:
            self._list()
        elif options["dry_run"]:
            with system_scope("seeding"):
                self._print(services.count(_found(options["run"])))
        else:
            self._print(_undone(options["run"]))

    def _list(self) -> None:
        with system_scope("seeding"):
            runs = ImportRun.objects.filter(organisation=None).defer("report").order_by("pk")
            for run in filter(services.may_undo, runs):
                when = f"{run.finished_at or run.queued_at:%Y-%m-%d %H:%M}"
                self.stdout.write(f"{run.pk}  {when}  {run.kind}  {run.filename}")

    def _print(self, counts: dict[str, dict[str, int]]) -> None:
        for fate, why in _WHY.items():
            if tables := counts.get(fate):
                self.stdout.write(f"{why} {sum(tables.values())}")
                for table, number in tables.items():
                    self.stdout.write(f"    {table} {number}")
        if not counts:
            self.stdout.write("nothing to undo")


def _found(number: int) -> ImportRun:
    """Return the operator's run that can be undone.

    Raises:
        CommandError: there is no such run, it is a landlord's, or it is not to be undone.
    """
    run = ImportRun.objects.defer("report").filter(pk=number).first()
    if run is None:
        message = f"There is no import {number}."
    elif run.organisation_id is not None:
        message = f"Import {number} is a landlord's: its lead undoes it, on its page."
    elif services.may_undo(run):
        return run
    elif services.is_undone(run):
        message = f"Import {number} is undone already."
    else:
        message = (
            f"Import {number} is not one that can be undone: it has not ended, or failed, or is being undone."
        )
    raise CommandError(message)


def _undone(number: int) -> dict[str, dict[str, int]]:
    """Undo an import; return the counts: fate → table → number of rows.

    Raises:
        CommandError: it cannot be undone, or another process undoes it.
    """
    with system_scope("seeding") as scope:
        begun = services.begin(scope, run := _found(number))
    busy = f"Import {number} is being undone by another process."
    if not begun:
        raise CommandError(busy)
    try:
        with running(run) as progress, system_scope("seeding") as scope:
            if progress is None:
                raise CommandError(busy)
            run = ImportRun.objects.get(pk=number, stage=ImportStage.UNDO)
            return services.perform(scope, run, tell=lambda share: progress.update(round(100 * share), 100))
    except JobError as error:
        raise CommandError(str(error)) from error
