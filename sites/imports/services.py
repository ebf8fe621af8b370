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
from sites.enums import ImportStage
from sites.models import ImportFile, ImportRun

from .kinds import refuse_other_kind
from .questions import Questions
from .reading import read
from .report import Report
from .run import Run, importer_of
from .undo.recording import recording

_LOCK_SPACE = 0x1A9027

Tell = Callable[[float], None]
Counts = dict[str, dict[str, int]]


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
    run: ImportRun,
    *,
    tell: Tell,
    options: dict[str, Any] | None = None,
    answers: dict[str, str] | None = None,
) -> Counts:
    """Import the run's file in one transaction, in the caller's scope.

    Args:
        run: the run; its counts, report and final state are stored in the same transaction.
        tell: function that takes the share of the work done, 0 to 1.
        options: options that replace those of the profile.
        answers: kind of question → choice, beside the answers that the run holds.

    Returns:
        The counts: outcome (or "remarks") → reason → number of rows.

    Raises:
        BrokenFileError: the file cannot be read to its end, or is of another kind; nothing was imported.
    """
    wait_for_turn(run)
    run.answers = run.answers | (answers or {})
    with recording(run):
        counts = _settle(run, tell, options or {}, writes=True)
    # Data minimisation: the file may hold more than was imported.
    run.file.delete()
    return counts


@transaction.atomic
def preview(run: ImportRun, *, tell: Tell) -> Counts:
    """Settle every row as the import would, store the counts, the report and the questions, and nothing else.

    Takes no lock: the file is kept for the import, before which another may change what is known.

    Raises:
        BrokenFileError: the file cannot be read to its end, or is of another kind.
    """
    return _settle(run, tell, {}, writes=False)


def _settle(run: ImportRun, tell: Tell, options: dict[str, Any], *, writes: bool) -> Counts:
    importer = importer_of(run.kind)
    profile = importer.profiles[run.profile]
    profile = replace(profile, options=profile.options | options)
    report, questions = Report(importer.reasons, importer.words()), Questions(run.answers)
    table = read(bytes(run.file.content))
    refuse_other_kind(run.kind, profile, table.header)
    importer.run(Run(run, run.organisation, profile, table, report, tell, questions, writes))
    counts, run.report = report.finish()
    run.counts, run.questions = counts, questions.stored()
    run.save(update_fields=["counts", "report", "questions", "answers", *run.mark_done()])
    return counts


def forget_refused(run: ImportRun) -> None:
    """Delete the file of a refused import, which would be refused again."""
    ImportFile.objects.filter(run=run).delete()


def may_restart(run: ImportRun) -> bool:
    """Say whether the run is late, or stopped for a reason that does not lie in its file."""
    if run.stage == ImportStage.UNDO:
        return False
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


def wait_for_turn(run: ImportRun) -> None:
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
