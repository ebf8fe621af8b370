"""Go on with a file that waits for its person: read it again, preview it, import it, or give it up."""

from typing import Any

from celery import Task
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.scope import Scope
from core.jobs import JobState
from core.outbox import services as outbox
from sites.enums import ImportStage
from sites.models import ImportFile, ImportRun

# The stages after which a person decides.
WAITING = (ImportStage.ANALYSIS, ImportStage.PREVIEW)


@transaction.atomic
def read_again(scope: Scope, run: ImportRun, *, reading: dict[str, Any], then: "Task[..., Any]") -> bool:
    """Have the file read by a person's choices (:class:`.reading.Choices`); False when it waits for nobody any more."""
    return _go_on(
        scope, run, {"stage": ImportStage.ANALYSIS, "mapping": {"reading": reading}, "kind": ""}, then
    )


@transaction.atomic
def start_preview(scope: Scope, run: ImportRun, *, mapping: dict[str, Any], then: "Task[..., Any]") -> bool:
    """Have the file settled by ``mapping`` without writing; False when the run waits for nobody any more."""
    values = {"stage": ImportStage.PREVIEW, "mapping": mapping, "kind": mapping["kind"], "answers": {}}
    return _go_on(scope, run, values, then)


@transaction.atomic
def start_import(scope: Scope, run: ImportRun, *, answers: dict[str, str], then: "Task[..., Any]") -> bool:
    """Have the file imported as it was previewed; False when the run waits for nobody any more."""
    return _go_on(scope, run, {"stage": ImportStage.IMPORT, "answers": answers}, then, ImportStage.PREVIEW)


@transaction.atomic
def answer(scope: Scope, run: ImportRun, *, answers: dict[str, str], then: "Task[..., Any]") -> bool:
    """Have the file previewed once more with these answers; False when the run waits for nobody any more."""
    return _go_on(scope, run, {"stage": ImportStage.PREVIEW, "answers": answers}, then, ImportStage.PREVIEW)


def waiting(run: ImportRun, *stages: ImportStage) -> QuerySet[ImportRun]:
    """Return the run as a query, of nothing once it does not wait for a person after one of ``stages`` any more."""
    kept = ImportFile.objects.filter(run=run).values("run_id")
    return ImportRun.objects.filter(pk__in=kept, state=JobState.DONE, stage__in=stages or WAITING)


def waiting_of(user_id: int | None) -> QuerySet[ImportRun]:
    """Return the runs whose file a person sent and has neither imported nor abandoned yet, those being read included."""
    return ImportRun.objects.filter(created_by_id=user_id, stage__in=WAITING, file__isnull=False)


def _go_on(
    scope: Scope, run: ImportRun, values: dict[str, Any], then: "Task[..., Any]", *after: ImportStage
) -> bool:
    """Put a run whose stage is done in the queue for the next one."""
    again = {
        "state": JobState.QUEUED,
        "asked_by_id": scope.user_id,
        "queued_at": timezone.now(),
        "error": "",
        "losses": 0,
        "progress_done": 0,
    }
    if not waiting(run, *after).update(**values, **again):
        return False
    stage = str(values["stage"])
    audit.write_entry(scope, AuditAction.IMPORT, run, organisation_id=run.organisation_id, stage=stage)
    outbox.send(then, run.pk)
    return True


@transaction.atomic
def abandon(scope: Scope, run: ImportRun) -> bool:
    """Delete an import that nothing was written by, with its file; False for one that was started."""
    abandoned = ImportRun.objects.filter(pk=run.pk, state=JobState.DONE, stage__in=WAITING)
    # A deletion looks for the rows first and deletes them by their ids: somebody may start the import in between.
    held = abandoned.select_for_update().only("pk").first()
    if held is None:
        return False
    held.delete()
    audit.write_entry(scope, AuditAction.CANCEL, run, organisation_id=run.organisation_id)
    return True
