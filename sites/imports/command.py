"""Provide the base of the import commands: one run per file, in the operator's scope."""

from argparse import ArgumentParser
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.scope import SystemScope, system_scope
from core.jobs import JobError, running
from sites.enums import ImportKind
from sites.models import ImportRun

from . import services
from .run import importer_of
from .stored import stored_column


class ImportCommand(BaseCommand):
    """A command that imports files for the operator and prints the outcome of their rows."""

    kind: ImportKind
    scope: SystemScope

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files and the profile."""
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--profile", required=True, choices=sorted(importer_of(self.kind).profiles))
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            choices=self._answers(),
            metavar="QUESTION=CHOICE",
            help=f"what to do where the file and what is recorded differ; one of {', '.join(self._answers())}",
        )
        parser.add_argument("--report", type=Path, help="folder where the reports go, as .csv.gz")

    def _answers(self) -> list[str]:
        questions = importer_of(self.kind).questions
        return [f"{kind}={choice}" for kind, choices in questions.items() for choice, _label in choices]

    def overrides(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the profile options that the command line replaces."""
        return {}

    def handle(self, *args: object, **options: Any) -> None:
        """Import the files, one run each."""
        for path in options["files"]:
            run = self._submitted(path, options["profile"])
            counts = self._performed(run, self.overrides(options), options["answer"])
            self._print(run, counts)
            if options["report"]:
                self._write_report(run, options["report"])

    def _submitted(self, path: Path, profile: str) -> ImportRun:
        try:
            content = path.open("rb")
        except OSError as error:
            raise CommandError(str(error)) from error
        with content, system_scope(self.scope) as scope:
            return services.submit(
                scope,
                kind=self.kind,
                profile=profile,
                filename=path.name,
                content=content,
            )

    def _performed(
        self, run: ImportRun, overrides: dict[str, Any], answers: list[str]
    ) -> dict[str, dict[str, int]]:
        try:
            with running(run) as progress, system_scope(self.scope):
                if progress is None:
                    message = f"{run.filename}: another process does this import."
                    raise CommandError(message)
                run.refresh_from_db()
                counts = services.perform(
                    run,
                    tell=lambda share: progress.update(round(100 * share), 100),
                    options=overrides,
                    answers=dict(answer.split("=", 1) for answer in answers),
                )
            with system_scope(self.scope):
                services.give_back(run)
        except JobError as error:
            message = f"{run.filename}: {error}"
            raise CommandError(message) from error
        finally:
            # Whatever ended it, nobody goes on with an operator's import.
            with system_scope(self.scope):
                services.forget_refused(run)
        return counts

    def _print(self, run: ImportRun, counts: dict[str, dict[str, int]]) -> None:
        outcomes = {name: reasons for name, reasons in counts.items() if name != "remarks"}
        total = sum(sum(reasons.values()) for reasons in outcomes.values())
        self.stdout.write(f"{run.filename}: {total} rows, import {run.pk}")
        for name, reasons in counts.items():
            self.stdout.write(f"  {name} {sum(reasons.values())}")
            for reason, rows in sorted(reasons.items(), key=lambda item: -item[1]):
                self.stdout.write(f"    {reason} {rows}")

    def _write_report(self, run: ImportRun, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{run.filename}.report.csv.gz"
        with system_scope(self.scope), stored_column(run, "report") as report, target.open("wb") as file:
            copyfileobj(report, file)
