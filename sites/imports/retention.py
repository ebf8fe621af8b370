"""Forget what imports leave behind: files that wait for nobody any more, reports and rejected rows."""

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.scope import system_scope
from core.jobs import JobState, in_every_language
from sites.models import ImportFile, ImportRun


def forget_waiting() -> int:
    """Delete the files kept longer than ``IMPORT_FILE_DAYS``, whose runs say so; return their number."""
    before = timezone.now() - dt.timedelta(settings.IMPORT_FILE_DAYS)
    with system_scope("jobs"):
        kept = ImportRun.objects.filter(file__isnull=False, queued_at__lt=before).values_list("pk", flat=True)
        found = list(kept)
    return sum(map(_forget, found))


def _forget(run_id: int) -> bool:
    with system_scope("jobs") as scope:
        run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None or (run.state == JobState.RUNNING and not run.interrupted):
            return False
        ImportFile.objects.filter(run=run).delete()
        values: dict[str, object] = {"analysis": {}, "questions": []}
        if run.state != JobState.DONE or run.stage != "import":
            values |= {
                "state": JobState.FAILED,
                "error": in_every_language(_FORGOTTEN),
                "mapping": {},
                "report": None,
            }
        ImportRun.objects.filter(pk=run.pk).update(**values)
        audit.write_entry(
            scope, AuditAction.CANCEL, run, organisation_id=run.organisation_id, forgotten="file"
        )
    return True


def forget_reports() -> int:
    """Delete the reports, rejected rows and questions of imports that ended ``IMPORT_REPORT_DAYS`` ago; return their number.

    An undoing, which ends later, keeps them no longer: a file sent ``IMPORT_FILE_DAYS`` before that is old as well.
    """
    before = timezone.now() - dt.timedelta(settings.IMPORT_REPORT_DAYS)
    sent = before - dt.timedelta(settings.IMPORT_FILE_DAYS)
    with system_scope("jobs") as scope:
        old = ImportRun.objects.filter(
            Q(report__isnull=False) | Q(rejected__isnull=False),
            Q(finished_at__lt=before) | Q(created_at__lt=sent),
        )
        runs = list(old.only("pk", "organisation_id"))
        for run in runs:
            audit.write_entry(
                scope, AuditAction.CANCEL, run, organisation_id=run.organisation_id, forgotten="report"
            )
        ids = [run.pk for run in runs]
        ImportRun.objects.filter(pk__in=ids).update(report=None, rejected=None, questions=[])
    return len(runs)


_FORGOTTEN = _("Ce fichier attendait depuis trop longtemps : il est oublié, et rien n’en a été enregistré.")
