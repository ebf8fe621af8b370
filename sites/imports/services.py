"""Start an import, perform it, start it again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from celery import Task
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.models import Organisation
from accounts.scope import Scope
from core.jobs import JobState, lock_number
from core.outbox import services as outbox
from sites.models import ImportFile, ImportRun

from .kinds import refuse_other_kind
from .report import Report
from .run import Run, importer_of
from .tabular import read

_LOCK_SPACE = 0x1A9027

Tell = Callable[[float], None]


@transaction.atomic
def submit(
    scope: Scope,
    *,
    kind: str,
    profile: str,
    filename: str,
    content: bytes,
    organisation: Organisation | None = None,
    then: "Task[..., Any] | None" = None,
) -> ImportRun:
    """Store a file sent in, as an import that waits.

    Args:
        scope: who sends it.
        kind: the kind of its rows (:class:`sites.enums.ImportKind`).
        profile: name of a profile of that kind.
        filename: its name.
        content: its bytes.
        organisation: the landlord it is for; None for the operator's own imports.
        then: the task that performs the import, sent with the run's id after the commit.
    """
    run = ImportRun.objects.create(
        organisation=organisation,
        created_by_id=scope.user_id,
        kind=kind,
        profile=profile,
        filename=filename[-255:],
    )
    ImportFile.objects.create(run=run, content=content)
    organisation_id = organisation.pk if organisation else None
    audit.write_entry(
        scope, AuditAction.IMPORT, run, organisation_id=organisation_id, kind=kind, profile=profile
    )
    if then:
        outbox.send(then, run.pk)
    return run


@transaction.atomic
def perform(
    run: ImportRun, *, tell: Tell, options: dict[str, Any] | None = None
) -> dict[str, dict[str, int]]:
    """Import the run's file in one transaction, in the caller's scope.

    Args:
        run: the run; its counts, report and final state are stored in the same transaction.
        tell: function that takes the share of the work done, 0 to 1.
        options: options that replace those of the profile.

    Returns:
        The counts: outcome (or "remarks") → reason → number of rows.

    Raises:
        BrokenFileError: the file cannot be read to its end, or is of another kind; nothing was imported.
    """
    importer = importer_of(run.kind)
    profile = importer.profiles[run.profile]
    profile = replace(profile, options=profile.options | (options or {}))
    _wait_for_turn(run)
    report = Report(importer.reasons, importer.words())
    table = read(bytes(run.file.content))
    refuse_other_kind(run.kind, profile, table.header)
    importer.run(Run(run, run.organisation, profile, table, report, tell))
    counts, run.report = report.finish()
    run.counts = counts
    run.save(update_fields=["counts", "report", *run.mark_done()])
    # Data minimisation: the file may hold more than was imported.
    run.file.delete()
    return counts


def forget_refused(run: ImportRun) -> None:
    """Delete the file of a refused import, which would be refused again."""
    ImportFile.objects.filter(run=run).delete()


def may_restart(run: ImportRun) -> bool:
    """Say whether the run is late, or stopped for a reason that does not lie in its file."""
    if run.late or run.interrupted:
        return True
    return run.state == JobState.FAILED and ImportFile.objects.filter(run=run).exists()


def restart(scope: Scope, run: ImportRun, *, then: "Task[..., Any]") -> bool:
    """Put a run back in the queue; False for one that may not start again, or that changed state meanwhile."""
    if not may_restart(run):
        return False
    with transaction.atomic():
        unmoved = ImportRun.objects.filter(pk=run.pk, state=run.state)
        if not unmoved.update(state=JobState.QUEUED, queued_at=timezone.now(), error="", losses=0):
            return False
        audit.write_entry(scope, AuditAction.IMPORT, run, organisation_id=run.organisation_id, restarted=True)
        outbox.send(then, run.pk)
    return True


def _wait_for_turn(run: ImportRun) -> None:
    """Wait for imports of the same kind into the same landlord, since neither sees what the other is about to write.

    Imports into different landlords run at once; the operator's, which may be into any, waits for all of them.
    """
    kind = lock_number(run.kind)
    with connection.cursor() as cursor:
        if run.organisation_id is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, kind])
            return
        own = lock_number(f"{run.kind} of {run.organisation_id}")
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%(space)s, %(kind)s), pg_advisory_xact_lock(%(kind)s, %(own)s)",
            {"space": _LOCK_SPACE, "kind": kind, "own": own},
        )
