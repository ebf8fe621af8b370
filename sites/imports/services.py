"""Start an import, perform it, start it again."""

from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any

from celery import Task
from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.models import Organisation
from accounts.scope import Scope
from core.jobs import JobState
from core.outbox import services as outbox
from sites.enums import ImportStage
from sites.models import ImportFile, ImportRun

from .analysis import analyse
from .guard import kept_name
from .kinds import refuse_other_kind
from .mapping.profile import positions_of, profile_of
from .mapping.saved import mapping_for, without_words_about_people
from .profiles import Profile
from .questions import Questions
from .reading import Choices, Table, read
from .rejected import Rules, rejected_rows
from .report import Report
from .run import Run, importer_of
from .stored import store_column, store_file, stored_column, stored_file
from .turn import take_turn
from .undo.recording import recording

Tell = Callable[[float], None]
Counts = dict[str, dict[str, int]]


@transaction.atomic
def submit(
    scope: Scope,
    *,
    kind: str,
    profile: str,
    filename: str,
    content: IO[bytes],
    organisation: Organisation | None = None,
) -> ImportRun:
    """Store a file of a shipped format, as an import that waits.

    Args:
        scope: who sends it.
        kind: the kind of its rows (:class:`sites.enums.ImportKind`).
        profile: name of a profile of that kind.
        filename: its name.
        content: its bytes, which are read in parts.
        organisation: the landlord it is for; None for the operator's own imports.
    """
    run = ImportRun(
        organisation=organisation, kind=kind, profile=profile, filename=kept_name(filename)[-255:]
    )
    return _stored(scope, run, content)


@transaction.atomic
def receive(
    scope: Scope, *, filename: str, content: IO[bytes], organisation: Organisation, then: "Task[..., Any]"
) -> ImportRun:
    """Store a file of which nothing is known, to be read before anybody says what it holds.

    Args:
        scope: who sends it.
        filename: its name.
        content: its bytes, which are read in parts.
        organisation: the landlord it is for.
        then: the task that performs the stages, sent with the run's id after the commit.
    """
    run = ImportRun(
        stage=ImportStage.ANALYSIS, organisation=organisation, filename=kept_name(filename)[-255:]
    )
    run = _stored(scope, run, content)
    outbox.send(then, run.pk)
    return run


def _stored(scope: Scope, run: ImportRun, content: IO[bytes]) -> ImportRun:
    run.created_by_id = run.asked_by_id = scope.user_id
    run.save()
    store_file(run, content)
    audit.write_entry(
        scope,
        AuditAction.IMPORT,
        run,
        organisation_id=run.organisation_id,
        kind=run.kind,
        profile=run.profile,
    )
    return run


@transaction.atomic
def analyse_file(run: ImportRun, *, tell: Tell) -> None:
    """Read the run's whole file, and suggest what it is and what its columns mean.

    Raises:
        BrokenFileError: the file cannot be read to its end.
    """
    chosen = run.mapping.get("reading", {})
    with stored_file(run) as path:
        run.analysis = analyse(path, Choices(**chosen), tell)
    run.mapping = {**mapping_for(run), "reading": chosen}
    run.kind = run.mapping["kind"]
    run.save(update_fields=["analysis", "mapping", "kind", *run.mark_done()])


@transaction.atomic
def preview(run: ImportRun, *, tell: Tell) -> Counts:
    """Settle every row as the import would, store the counts, the report and the questions, and nothing else.

    Takes no lock: the file is kept for the import, before which another may change what is known.

    Raises:
        BrokenFileError: the file cannot be read to its end, or is of another kind.
    """
    return _settle(run, tell, {}, writes=False)


@transaction.atomic
def perform(
    run: ImportRun,
    *,
    tell: Tell,
    options: dict[str, Any] | None = None,
    answers: dict[str, str] | None = None,
    previewed: bool = False,
) -> Counts:
    """Import the run's file in one transaction, in the caller's scope; :func:`give_back` follows in the next one.

    Args:
        run: the run; its counts, report and final state are stored in the same transaction.
        tell: function that takes the share of the work done, 0 to 1.
        options: options that replace those of the profile.
        answers: kind of question → choice, beside the answers that the run holds.
        previewed: whether a person saw the run's questions. One that only their answers raise is shown to them
            first: nothing is imported, and the run stands after its preview again.

    Returns:
        The counts: outcome (or "remarks") → reason → number of rows.

    Raises:
        BrokenFileError: the file cannot be read to its end, or is of another kind; nothing was imported.
        JobPostponedError: another import into this landlord runs.
    """
    take_turn(run)
    run.answers = run.answers | (answers or {})
    shown = {question["kind"] for question in run.questions} if previewed else None
    with recording(run):
        return _settle(run, tell, options or {}, writes=True, shown=shown)


@transaction.atomic
def give_back(run: ImportRun) -> None:
    """Keep the rows that were not imported, to be corrected and sent again, and forget the file.

    It is a transaction after that of the import, whose locks are gone: the file is read once more.
    """
    reported = ImportFile.objects.select_for_update(of=("self",)).filter(run=run, run__report__isnull=False)
    if not reported.values("pk"):
        return
    importer = importer_of(run.kind)
    table = _table(run)
    positions = positions_of(run.mapping)
    spared = {place for name in importer.places for place in positions.get(name, ())}
    rules = Rules(spared, importer.withheld, importer.by_choice)
    with stored_column(run, "report") as report:
        rejected = rejected_rows(table, report, rules)
    if rejected:
        with rejected:
            store_column(run, "rejected", rejected)
    _forget(run)
    run.save(update_fields=["analysis", "mapping"])


def _settle(
    run: ImportRun, tell: Tell, options: dict[str, Any], *, writes: bool, shown: set[str] | None = None
) -> Counts:
    """Settle every row and store what became of them.

    Args:
        run: the run.
        tell: function that takes the share of the work done, 0 to 1.
        options: options that replace those of the profile.
        writes: False for a preview.
        shown: the kinds of question that a person saw; None where nobody is to see others first.
    """
    importer = importer_of(run.kind)
    table = _table(run)
    profile = _profile(run, table.header)
    profile = replace(profile, options=profile.options | options)
    questions = Questions(run.answers)
    with Report(importer.reasons, importer.words()) as report:
        with transaction.atomic():
            importer.run(Run(run, run.organisation, profile, table, report, tell, questions, writes))
            asked_anew = shown is not None and bool(questions.unanswered() - shown)
            if asked_anew:
                transaction.set_rollback(True)
                run.stage = ImportStage.PREVIEW
        counts, content = report.finish()
        store_column(run, "report", content)
    run.counts, run.questions = counts, questions.stored()
    run.analysis = {**run.analysis, "examples": report.examples, "asked_anew": asked_anew}
    run.save(update_fields=["stage", "counts", "questions", "answers", "analysis", *run.mark_done()])
    return counts


def _table(run: ImportRun) -> Table:
    with stored_file(run) as path:
        return read(path, Choices(**run.mapping.get("reading", {})))


def _profile(run: ImportRun, header: list[str]) -> Profile:
    importer = importer_of(run.kind)
    if "kind" in run.mapping:
        return profile_of(run.mapping, importer)
    profile = importer.profiles[run.profile]
    refuse_other_kind(run.kind, profile, header)
    return profile


def _forget(run: ImportRun) -> None:
    """Delete the file, and what was read of it: it may hold more than is imported."""
    ImportFile.objects.filter(run=run).delete()
    run.analysis = {}
    run.mapping = without_words_about_people(run.mapping)


@transaction.atomic
def forget_refused(run: ImportRun) -> None:
    """Delete the file of a refused import, which would be refused again, with what its preview told of it."""
    _forget(run)
    run.report, run.questions = None, []
    run.save(update_fields=["analysis", "mapping", "report", "questions"])


def read_as_told(run: ImportRun) -> bool:
    """Say whether the file is being read by a person's choices, which may be wrong where the file is not."""
    return run.stage == ImportStage.ANALYSIS and bool(run.mapping.get("reading"))


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
        # Choices that failed once would fail again.
        anew: dict[str, Any] = {"mapping": {}} if read_as_told(run) and run.state == JobState.FAILED else {}
        queued = {"state": JobState.QUEUED, "queued_at": timezone.now(), "asked_by_id": scope.user_id}
        if not unmoved.update(**queued, error="", losses=0, **anew):
            return False
        audit.write_entry(scope, AuditAction.IMPORT, run, organisation_id=run.organisation_id, restarted=True)
        outbox.send(then, run.pk)
    return True
