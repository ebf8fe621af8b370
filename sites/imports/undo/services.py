"""Ask for the undoing of an import, say what it will do, and do it."""

from collections import Counter
from typing import Any, NamedTuple

from celery import Task
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.scope import Scope
from core.jobs import JobState
from core.outbox import services as outbox
from core.plans import joining_sets
from sites.enums import ImportStage
from sites.imports.run import importer_of
from sites.imports.services import Tell
from sites.imports.turn import take_turn
from sites.models import ImportRun

from .plan import CHANGED, REMOVED, RESTORED, USED

_EVALUATED = 0.9
# The notes that stay are about the rows that stay, and about their history.
_FORGET_UNDONE = f"""
DELETE FROM sites_importchange c WHERE c.run_id = %s AND (
    NOT EXISTS (SELECT 1 FROM undo_plan p WHERE p.fate IN ('{USED}', '{CHANGED}'))
    OR EXISTS (
        SELECT 1 FROM undo_plan p
        WHERE p.table_name = c.table_name AND p.object_id = c.object_id AND p.fate IN ('{REMOVED}', '{RESTORED}')
    )
)
"""


class Line(NamedTuple):
    """The rows of one table, by its name in words, and what becomes of them."""

    label: str
    removed: int
    restored: int
    used: int
    changed: int


def may_undo(run: ImportRun) -> bool:
    """Say whether the run has imported and is not undone whole, or an undoing of it stopped or waits too long.

    What an undoing left may be undone later: somebody has taken back what they had done with it, for instance.
    """
    if run.stage == ImportStage.IMPORT:
        return run.state == JobState.DONE
    if is_undone(run):
        return bool(run.undone.keys() & {USED, CHANGED})
    return run.stage == ImportStage.UNDO and (run.state == JobState.FAILED or run.late or run.interrupted)


def is_undone(run: ImportRun) -> bool:
    """Say whether the run's import has been undone, whole or but for what was used or changed since."""
    return run.stage == ImportStage.UNDO and run.state == JobState.DONE


def count(run: ImportRun) -> dict[str, dict[str, int]]:
    """Return what an undoing would do now: fate → table → number of rows; it is counted again when it is done."""
    with connection.cursor() as cursor:
        return importer_of(run.kind).undoing.foresee(cursor, run.pk)


def foresee(run: ImportRun) -> list[Line]:
    """Return what an undoing would do now, as lines of a page."""
    return lines(run, count(run))


def lines(run: ImportRun, counts: dict[str, dict[str, int]]) -> list[Line]:
    """Return counts (fate → table → number of rows) as lines of a page, without tables that have none."""
    told = [
        Line(str(label), *(counts.get(fate, {}).get(table, 0) for fate in (REMOVED, RESTORED, USED, CHANGED)))
        for table, label in importer_of(run.kind).undoing.tables.items()
    ]
    return [line for line in told if any(line[1:])]


@transaction.atomic
def ask(scope: Scope, run: ImportRun, *, then: "Task[..., Any]") -> bool:
    """Queue the undoing of a run; False for one that cannot be undone, or that changed meanwhile.

    Args:
        scope: the person who asks.
        run: the run, as the page showed it.
        then: the task that undoes it, sent with the ids of the run and of the person after the commit.
    """
    if not begin(scope, run):
        return False
    outbox.send(then, run.pk, scope.person_id)
    return True


@transaction.atomic
def begin(scope: Scope, run: ImportRun) -> bool:
    """Put a run in the stage "undo", for whoever performs it next; False as for :func:`ask`."""
    if not may_undo(run):
        return False
    unmoved = ImportRun.objects.filter(pk=run.pk, state=run.state, stage=run.stage)
    if not unmoved.update(
        stage=ImportStage.UNDO, state=JobState.QUEUED, queued_at=timezone.now(), error="", losses=0
    ):
        return False
    audit.write_entry(scope, AuditAction.CANCEL, run, organisation_id=run.organisation_id, asked=True)
    return True


@transaction.atomic
def perform(scope: Scope, run: ImportRun, *, tell: Tell) -> dict[str, dict[str, int]]:
    """Undo the import of a run in one transaction, in the caller's scope.

    What was used or changed since the import stays, with what the import did to it: it may be undone later. The
    counts, the journal entry and the final state are written in the same transaction.

    Args:
        scope: who acts.
        run: the run, in the stage "undo".
        tell: function that takes the share of the work done, 0 to 1.

    Returns:
        The counts: fate (:mod:`.plan`) → table → number of rows.

    Raises:
        JobPostponedError: an import into this landlord runs.
    """
    undoing = importer_of(run.kind).undoing
    take_turn(run)
    with connection.cursor() as cursor:
        with joining_sets():
            undoing.undo(cursor, run.pk)
        tell(_EVALUATED)
        counts: dict[str, dict[str, int]] = {}
        cursor.execute("SELECT fate, table_name, count(*) FROM undo_plan GROUP BY 1, 2 ORDER BY 1, 2")
        for fate, table, number in cursor.fetchall():
            counts.setdefault(fate, {})[table] = number
        cursor.execute(_FORGET_UNDONE, [run.pk])
    run.undone = _added(run.undone, counts)
    run.save(update_fields=["undone", *run.mark_done()])
    audit.write_entry(scope, AuditAction.CANCEL, run, organisation_id=run.organisation_id, undone=counts)
    return counts


def _added(before: dict[str, dict[str, int]], counts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the counts of all undoings of an import: what went and came back in any, what stays after the last."""
    total = dict(counts)
    for fate in before.keys() & {REMOVED, RESTORED}:
        total[fate] = dict(Counter(before[fate]) + Counter(counts.get(fate, {})))
    return total
