"""Breakages of what happens once, at one moment, or on time."""

from tests.mutants import Mutant

_CONCURRENCY = "tests/test_concurrency.py"
_FACTS = "incidents/facts/services.py"
_JOBS, _RULE = "core/jobs.py", "tests/core/test_jobs.py::test_a_job"


def _once(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(name, promise, file, old, new, tests or (_CONCURRENCY,), after)


MUTANTS = (
    _once(
        "idempotency:no-lock", "Of one fact sent twice at once the second waits for the first.", _FACTS,
        """        one_at_a_time(f"{values['landlord_id']}/{external_source}/{external_id}")\n""", "", "tests/test_concurrency.py::test_one_fact_sent_twice_at_once_is_recorded_once",
    ),
    _once(
        "idempotency:no-look-up", "A fact sent again is not recorded again.", _FACTS,
        "        if known:\n", "        if known and False:\n", "tests/incidents/test_api_incidents.py::test_the_same_body_again_records_nothing_more",
    ),
    _once(
        "idempotency:lasting-sent-again", "A disruption or an observation that is recorded already is not recorded again.",
        "incidents/ongoing/once.py", "if known is not None:", "if False:",
        "tests/incidents/test_lasting_pages.py::test_what_is_recorded_already_is_told_and_recorded_once",
    ),
    _once(
        "idempotency:token-sent-again", "A token or a note that was just made is not made again.",
        "core/once.py", "if known is not None:", "if False:",
        "tests/accounts/test_tokens.py::test_a_form_sent_again_makes_one_token_and_shows_no_second_secret",
        "tests/partners/test_notes.py::test_a_note_that_is_asked_for_again_is_told_and_the_first_one_opened",
    ),
    _once(
        "idempotency:another-fact-under-the-same-identifier", "An identifier that says something else is a conflict.",
        "incidents/facts/api.py", "if not made and not _says(incident, fact):", "if False:",
        "tests/incidents/test_api_incidents.py::test_another_body_under_the_same_identifier_is_a_conflict",
    ),
    _once(
        "idempotency:form-sent-again", "A form that was sent already and changed is neither forgotten nor guessed at.",
        "incidents/facts/views.py", "if made or says_the_same(incident, fact):", "if incident:",
        "tests/incidents/test_facts_entry.py::test_going_back_and_changing_what_was_sent_is_neither_lost_nor_guessed",
    ),
    _once(
        "idempotency:correction-of-nothing", "A correction that says nothing new leaves no trace.", _FACTS,
        "    if says_the_same(incident, fact):\n        return False", "    if False:\n        return False",
        "tests/incidents/test_facts_entry.py::test_a_correction_that_changes_nothing_leaves_no_trace",
    ),
    _once(
        "idempotency:one-identifier-for-all-forms", "Each form brings an identifier of its own.",
        "incidents/facts/forms.py", "initial=uuid.uuid4)", "initial=uuid.UUID(int=1))",
        "tests/incidents/test_facts_entry.py::test_each_form_brings_an_identifier_of_its_own",
    ),
    _once(
        "idempotency:note-issued-twice", "A note is issued once.", "partners/notes/services.py",
        ".filter(pk=note.pk, issued_at=None):", ".filter(pk=note.pk):", "tests/partners/test_notes.py::test_a_note_that_somebody_issued_meanwhile_is_issued_once",
    ),
    _once(
        "idempotency:import-while-another-runs", "A finished import does not start again.",
        "sites/imports/services.py", "    if not may_restart(run):\n        return False\n", "",
        "tests/sites/test_import_pages.py::test_an_import_that_ended_is_not_started_again",
    ),
    _once(
        "isolation:note-of-two-moments", "A note is built from one moment.", "partners/notes/tasks.py",
        "acting_as(user, still=True)", "acting_as(user)", "tests/test_concurrency.py::test_a_note_is_built_from_one_moment",
    ),
    _once(
        "isolation:publication-of-two-moments",
        "A publication is of one moment.",
        "partners/publications/tasks.py",
        "acting_as(user, still=True)",
        "acting_as(user)",
        "tests/partners/test_publication_requests.py::test_a_publication_is_of_one_moment",
    ),
    _once(
        "isolation:still-that-moves", "What is read still is read at one moment.", "accounts/scope.py",
        'cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")', "pass",
    ),
    _once(
        "isolation:correction-of-a-cancelled-fact", "A correction does not bring a cancelled fact back.", _FACTS,
        "filter(cancelled_at__isnull=not cancelled, pk=incident.pk)", "filter(pk=incident.pk)",
    ),
    _once(
        "isolation:evaluation-without-a-lock", "Simultaneous entries leave one true level.",
        "classification/engine/services.py", "        lock(residence_ids)\n", "",
    ),
    _once(
        "isolation:ended-meanwhile", "What ended meanwhile is neither confirmed nor ended again.",
        "incidents/ongoing/holding.py", '    if not rows.values("pk"):', "    if False:",
    ),
    _once(
        "isolation:administrators-at-once", "Two administrators do not close each other.",
        "accounts/people/services.py", 'Membership.objects.select_for_update(of=("self", "user")).live()',
        "Membership.objects.live()", "tests/accounts/test_administrators_at_once.py",
    ),
    _once(
        "copies:number-given-twice", "Each copy of a note has a number of its own.", "partners/circles/copies.py",
        "number=last + 1,", "number=last or 1,", "tests/partners/test_notes.py::test_nobody_opens_anothers_copy",
    ),
    _once(
        "copies:taken-back-and-given-again", "A copy that was taken back does not come back with a new mandate.",
        "partners/circles/copies.py", 'notes.exclude(pk__in=taken_back.values("note_id"))', "notes",
        "tests/partners/test_notes.py::test_a_copy_that_was_taken_back_does_not_come_back_with_a_new_mandate",
    ),
    _once(
        "copies:digest-of-no-reader", "The digest printed in a document leads to its reader.",
        "partners/notes/rendering.py", "parts = [content_digest, reader.copy, reader.holder, reader.organisation, at.isoformat()]",
        "parts = [content_digest, at.isoformat()]", "tests/partners/test_notes.py::test_the_digest_of_a_rendering_is_that_of_one_content_for_one_reader_at_one_moment",
    ),
    _once(
        "schedule:once-a-year", "All places are evaluated every night.", "config/settings/celery.py",
        "crontab(hour=1, minute=30)", "crontab(hour=1, minute=30, month_of_year=1, day_of_month=1)",
        "tests/config/test_beat.py",
    ),
    _once(
        "schedule:nothing-evaluated", "The nightly task slides the windows.", "classification/engine/tasks.py",
        "places = evaluate_everything()", "places = 0", "tests/config/test_beat.py",
    ),
    _once(
        "outbox:never-swept", "What the broker did not take is swept up each minute.", "config/settings/celery.py",
        '"core.outbox.tasks.sweep", "schedule": 60,', '"core.outbox.tasks.sweep", "schedule": 6000,',
        "tests/core/test_outbox.py",
    ),
    _once(
        "outbox:sent-by-two", "Two that send at once send once.", "core/outbox/services.py",
        "due.select_for_update(skip_locked=True).first()", "due.first()", "tests/core/test_outbox.py",
    ),
    _once(
        "outbox:content-sent", "A message holds ids, never content.", "core/outbox/services.py",
        "    if not all(", "    if False and not all(", "tests/core/test_outbox.py",
    ),
    _once(
        "outbox:kept-for-ever", "A message that was sent is removed.", "core/outbox/services.py",
        "        Message.objects.filter(pk=message.pk).delete()", "        pass", "tests/core/test_outbox.py",
    ),
    _once(
        "outbox:password-mailed-in-the-request", "What a request for a password does tells nobody who has an account.",
        "accounts/people/services.py", "outbox.send(send_password_link, user_id or NOBODY, site_url)",
        "user_id and outbox.send(send_password_link, user_id, site_url)",
        "tests/portal/test_login.py::test_a_request_for_a_password_does_the_same_work_whatever_the_address_and_sends_nothing_itself",
    ),
    _once(
        "idempotency:token-of-a-hidden-fact", "An identifier that a hidden fact bears is refused with a reason.", _FACTS,
        "    with refused_as(TakenError()):\n        incident = ", "    with transaction.atomic():\n        incident = ",
        "tests/incidents/test_facts_entry.py::test_the_token_of_a_fact_one_cannot_see_gives_the_form_again_with_another",
    ),
    _once(
        "idempotency:invited-by-two", "Of two who invite one person at once both give their role.",
        "accounts/proposals/services.py", "bulk_create([new], ignore_conflicts=True)", "bulk_create([new])",
        "tests/accounts/test_invitations_at_once.py::test_one_new_address_invited_twice_at_once_has_one_account_and_both_roles",
    ),
    _once(
        "outbox:tried-for-ever", "A message that never fits is given up, and logged as an error.", "core/outbox/services.py",
        "if message.failures < _MOST_FAILURES:", "if True:",
        "tests/core/test_outbox.py::test_a_message_that_never_fits_is_given_up_in_the_end_and_says_so",
    ),
    _once(
        "outbox:given-up-for-the-broker", "A message waits for the broker however long it is away.", "core/outbox/services.py",
        "except (OperationalError, OSError) as error:", "except MemoryError as error:",
        "tests/core/test_outbox.py::test_a_message_is_never_given_up_because_the_broker_is_away",
    ),
    _once(
        "imports:two-at-once", "Two imports into one landlord never run at once.", "sites/imports/turn.py",
        "            raise JobPostponedError\n", "            pass\n", "tests/test_concurrency.py::test_imports_into_one_landlord_wait_for_each_other_alone",
    ),
    _once(
        "imports:turn-not-taken", "An import takes its landlord's turn.", "sites/imports/services.py",
        "    take_turn(run)\n", "", "tests/sites/test_import_killed.py",
    ),
    _once(
        "imports:among-mail", "No mail waits for a file.", "config/settings/celery.py",
        '"sites.imports.tasks.run_import": {"queue": "files"},', "", "tests/sites/test_import_killed.py",
    ),
    _once(
        "jobs:queued-again-unread", "A job whose state has changed since it was read is not queued again.", _JOBS,
        "rows.filter(pk=job.pk, state=job.state)\n", "rows.filter(pk=job.pk)\n",
        f"{_RULE}_whose_state_has_changed_since_it_was_read_is_neither_queued_again_nor_held",
    ),
    _once(
        "jobs:abandoned-by-an-old-page", "A job that was queued again is not abandoned by a page of before.", _JOBS,
        ", queued_at=job.queued_at)", ")", f"{_RULE}_that_was_queued_again_is_not_abandoned_by_a_page_of_before",
    ),
    _once(
        "jobs:taken-up-while-abandoned", "No worker takes up a job that is being abandoned.", _JOBS,
        '.select_for_update(of=("self",))', "",
        "tests/core/test_jobs.py::test_no_worker_takes_up_a_job_that_is_being_abandoned",
    ),
    _once(
        "jobs:late-for-ever", "A job that waits too long for a worker is not said to be under way.", _JOBS,
        "(self.state == JobState.QUEUED and not self.late)", "(self.state == JobState.QUEUED)",
        f"{_RULE}_is_under_way_while_it_waits_in_time_and_no_more_once_it_is_late_or_over",
    ),
)  # fmt: skip
