"""Forget what imports leave behind: files that wait for nobody any more, reports and rejected rows."""

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.retention import Numbers, Rule, register_rule
from accounts.scope import system_scope
from core.jobs import JobState, in_every_language
from sites.models import ImportFile, ImportRun


def register() -> None:
    """Add the rules of files and reports to the nightly order."""
    register_rule(
        Rule(
            "import_files",
            _("fichiers d’import en attente"),
            due=lambda today: _counted(_waiting(_at(today))),
            erase=lambda _today: {None: forget_waiting()},
        )
    )
    register_rule(
        Rule(
            "import_reports",
            _("rapports d’import"),
            due=lambda today: _counted(_reported(_at(today))),
            erase=lambda _today: {None: forget_reports()},
        )
    )


def _at(today: dt.date) -> dt.datetime:
    """Return the moment of ``today`` at which a run would take place that now takes place."""
    return timezone.now() + (today - timezone.localdate())


def _counted(runs: QuerySet[ImportRun]) -> Numbers:
    with system_scope("jobs"):
        return {None: runs.count()}


def _waiting(now: dt.datetime) -> QuerySet[ImportRun]:
    """Return the runs whose file was kept longer than ``IMPORT_FILE_DAYS``."""
    before = now - dt.timedelta(settings.IMPORT_FILE_DAYS)
    return ImportRun.objects.filter(file__isnull=False, queued_at__lt=before)


def _reported(now: dt.datetime) -> QuerySet[ImportRun]:
    """Return the runs whose report was kept longer than ``IMPORT_REPORT_DAYS``.

    An undoing, which ends later, keeps them no longer: a file sent ``IMPORT_FILE_DAYS`` before that is old as well.
    """
    before = now - dt.timedelta(settings.IMPORT_REPORT_DAYS)
    sent = before - dt.timedelta(settings.IMPORT_FILE_DAYS)
    return ImportRun.objects.filter(
        Q(report__isnull=False) | Q(rejected__isnull=False),
        Q(finished_at__lt=before) | Q(created_at__lt=sent),
    )


def forget_waiting() -> int:
    """Delete the files kept longer than ``IMPORT_FILE_DAYS``, whose runs say so; return their number."""
    with system_scope("jobs"):
        found = list(_waiting(timezone.now()).values_list("pk", flat=True))
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
    """Delete the reports, rejected rows and questions of imports that ended ``IMPORT_REPORT_DAYS`` ago; return their number."""
    with system_scope("jobs") as scope:
        runs = list(_reported(timezone.now()).only("pk", "organisation_id"))
        for run in runs:
            audit.write_entry(
                scope, AuditAction.CANCEL, run, organisation_id=run.organisation_id, forgotten="report"
            )
        ids = [run.pk for run in runs]
        ImportRun.objects.filter(pk__in=ids).update(report=None, rejected=None, questions=[])
    return len(runs)


_FORGOTTEN = _("Ce fichier attendait depuis trop longtemps : il est oublié, et rien n’en a été enregistré.")
