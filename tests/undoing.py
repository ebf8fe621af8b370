"""Undo imports in tests, and compare the contents of tables before and after."""

from django.db import connection

from accounts.scope import acting_as, system_scope
from sites.imports.undo import services
from sites.imports.undo.tasks import undo_import
from sites.models import ImportRun

RECORDS = (
    "accounts_organisation", "sites_residence", "sites_residencealias", "sites_address", "incidents_incident",
    "incidents_incident_history", "incidents_disruption", "incidents_disruption_history",
    "incidents_standingobservation", "incidents_standingobservation_history", "incidents_confirmation",
)  # fmt: skip
LEVELS = ("classification_sitelevel", "classification_finding", "classification_pastlevel")


def contents() -> dict[str, str]:
    """Return a digest of all rows of each table; levels are compared without the keys of their rows."""
    digests = {}
    with system_scope("seeding"):
        for table in RECORDS:
            digests[table] = _digest(f"SELECT to_jsonb(t)::text AS line FROM {table} t")
    with system_scope("evaluation"):
        for table in LEVELS:
            digests[table] = _digest(f"SELECT (to_jsonb(t) - 'id')::text AS line FROM {table} t")
    return digests


def _digest(lines: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), md5(string_agg(line, E'\\n' ORDER BY line)) FROM ({lines}) l")
        return str(cursor.fetchone())


def undo_as_lead(run: ImportRun, person) -> dict[str, dict[str, int]]:
    """Ask for the undoing of an import as a lead and do it; return what was removed, restored and kept."""
    with acting_as(person) as scope:
        run = ImportRun.objects.get(pk=run.pk)
        assert services.ask(scope, run, then=undo_import)
        return services.perform(scope, ImportRun.objects.get(pk=run.pk), tell=lambda share: None)


def undo_as_operator(run: ImportRun, name="stock_import") -> dict[str, dict[str, int]]:
    """Undo an import of the operator."""
    with system_scope(name) as scope:
        return services.perform(scope, ImportRun.objects.get(pk=run.pk), tell=lambda share: None)
