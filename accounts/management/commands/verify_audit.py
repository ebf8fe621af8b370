"""Run ``manage.py verify_audit``: verify the chains of all journals."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.journal.chain import Head, Verified, verify
from accounts.journal.checkpoints import CheckpointError, heads_in, heads_kept
from accounts.models import Organisation
from accounts.scope import system_scope

_WHAT = {
    "gap": "the number does not follow that of the link before: a link is gone",
    "missing": "the link holds an entry that is gone",
    "journal": "the entry was moved to another journal",
    "link": "the link does not rest on the one before",
    "changed": "the entry or its link is not what was written",
    "order": "the link claims to be older than the one before",
    "backdated": "the entry bears another day than that of its link",
    "beginning": "what came before is gone, and no entry tells of its erasing",
    "unlinked": "the entry was written past the chain",
    "cut": "a checkpoint tells of this link, and it is gone",
    "head": "a checkpoint tells of another link of this number",
}


class Command(BaseCommand):
    """The verification of the journals, which exits with 1 and names the first broken link of each journal.

    It reads every entry and shows no content of any. The checkpoints kept in the database are compared too.
    """

    help = (
        "Verify that no entry of a journal was changed, removed, inserted, reordered or dated back. With --checkpoints,"
        " compare with the heads written to a file, by which a tail that was cut off shows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file of checkpoints."""
        parser.add_argument("--checkpoints", type=Path, help="the file that the nightly task appends to")

    def handle(self, *_args: object, checkpoints: Path | None = None, **_options: object) -> None:
        """Verify, and print what was found."""
        known = _heads_in(checkpoints) if checkpoints else []
        with system_scope("verification"):
            found = verify([*heads_kept(), *known])
        self._print(found)
        if found.problems:
            message = (
                f"{len(found.problems)} broken, {found.entries} entries in {len(found.heads)} journals read."
            )
            raise CommandError(message)
        self.stdout.write(f"{found.entries} entries in {len(found.heads)} journals hold.")

    def _print(self, found: Verified) -> None:
        with system_scope("journal"):
            names: dict[int, Any] = dict(Organisation.objects.values_list("pk", "name"))
        for problem in found.problems:
            journal = f"{problem.journal} ({names.get(problem.journal, 'the installation')})"
            link = "" if problem.number is None else f", link {problem.number}"
            entry = "" if problem.entry is None else f", entry {problem.entry}"
            self.stdout.write(f"BROKEN journal {journal}{link}{entry}: {_WHAT[problem.kind]}")


def _heads_in(file: Path) -> list[Head]:
    try:
        return heads_in(file)
    except (CheckpointError, OSError) as error:
        raise CommandError(str(error)) from error
