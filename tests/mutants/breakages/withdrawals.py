"""Breakages of withdrawals: what is still read of what was withdrawn, and readers who are not told."""

from tests.mutants import Mutant

_POLICIES, _TERMS = "partners/policies/0015_withdrawals.sql", "partners/policies/0017_agreement_terms.sql"
_SERVICES, _TELLING = "partners/withdrawals/services.py", "partners/withdrawals/telling.py"
_PUBLICATIONS, _NOTES = "tests/partners/test_withdrawals.py", "tests/partners/test_withdrawn_notes.py"
_STANDS, _ONCE = "tests/partners/test_one_stands.py", "tests/partners/test_told_once.py"
_ENDS, _COPIES = "partners/policies/0024_copies_end.sql", "tests/partners/test_copies_end.py"

_DRIFT = "tests/partners/test_drift.py"


def _still(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"withdrawals:{name}", promise, file, old, new, tests, after)


MUTANTS = (
    _still(
        "sites-still-seen", "The sites of a withdrawn publication are seen by its coordinators alone.", _TERMS,
        "WHERE p.withdrawn_at IS NULL\n", "WHERE p.id IS NOT NULL\n",
        f"{_PUBLICATIONS}::test_whoever_read_it_sees_no_site_of_it_at_the_next_request_and_its_coordinator_does",
    ),
    _still(
        "sites-hidden-from-coordinators", "A coordinator still sees what they withdrew.", _TERMS,
        "\n                OR p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])", "",
        f"{_PUBLICATIONS}::test_whoever_read_it_sees_no_site_of_it_at_the_next_request_and_its_coordinator_does",
    ),
    _still(
        "note-still-a-holders", "A withdrawn note is gone for who holds a copy.", _ENDS,
        "(withdrawn_at IS NULL AND id IN", "(id IN",
        f"{_NOTES}::test_the_row_of_a_withdrawn_note_with_all_it_says_is_open_to_its_coordinators_alone",
    ),
    _still(
        "note-still-a-landlords", "A withdrawn note is gone for the landlord that it is about.", _ENDS,
        "issued_at IS NOT NULL AND withdrawn_at IS NULL AND", "issued_at IS NOT NULL AND",
        f"{_NOTES}::test_the_row_of_a_withdrawn_note_with_all_it_says_is_open_to_its_coordinators_alone",
    ),
    _still(
        "copy-without-end", "A copy opens its note until its last day.", _ENDS,
        "WHERE c.until >= (SELECT palier_today())", "WHERE true",
        f"{_COPIES}::test_a_copy_opens_on_its_last_day_and_no_more_on_the_next",
    ),
    _still(
        "coordinators-copy-without-end", "Nor does a coordinator open an own copy later.", "partners/notes/views.py",
        " or copy.ended:", ":",
        f"{_COPIES}::test_whoever_coordinates_and_holds_a_copy_does_not_open_it_after_its_end_either",
    ),
    _still(
        "end-of-the-former-copies", "Another end counts for the copies that were given.", "partners/notes/terms.py",
        "    NoteCopy.objects.filter(note=held).update(until=until)\n", "",
        f"{_COPIES}::test_a_copy_opens_on_its_last_day_and_no_more_on_the_next",
    ),
    _still(
        "refusal-untold", "Who asks for a copy after its end is told to the coordinator.", "partners/notes/term_views.py",
        "    terms.note_refusal(request.scope, copy)\n", "",
        f"{_COPIES}::test_the_coordinator_reads_who_asked_after_the_end_and_the_journals_too",
    ),
    _still(
        "notice-to-anybody", "A notice is seen by its person and the coordinators alone.", _POLICIES,
        "(user_id = (SELECT palier_user()) AND withdrawal_id IN", "(withdrawal_id IN",
        f"{_PUBLICATIONS}::test_a_notice_is_seen_by_its_person_and_the_coordinators_alone",
    ),
    _still(
        "compared-with", "A withdrawn publication is compared with nothing, and is no state of the slider.",
        "partners/publications/evolution.py", ", withdrawn_at=None)", ")",
        f"{_PUBLICATIONS}::test_it_is_passed_over_by_what_compares_lists_and_finds",
    ),
    _still(
        "found", "The sites of a withdrawn publication are not found.", "partners/publications/search.py",
        ", withdrawn_at=None)", ")", f"{_PUBLICATIONS}::test_it_is_passed_over_by_what_compares_lists_and_finds",
    ),
    _still(
        "two-versions-restored", "A version of a note is not restored while another one stands.", _SERVICES,
        " and another_stands(given):", " and not given:",
        f"{_STANDS}::test_a_version_is_not_restored_while_the_one_before_it_stands_again",
    ),
    _still(
        "two-new-versions", "One new version alone replaces a note.",
        "partners/notes/services.py", "    if another_stands(note, but=former):\n        return False\n", "",
        f"{_NOTES}::test_one_new_version_alone_replaces_a_note",
        f"{_STANDS}::test_of_three_versions_one_alone_is_issued_or_restored",
    ),
    _still(
        "denied", "Of what was restored and withdrawn again, the last notice alone is shown.", _TELLING,
        "rows.exclude(Exists(later))", "rows",
        f"{_ONCE}::test_what_was_restored_and_withdrawn_again_is_told_as_withdrawn_alone",
    ),
    _still(
        "stale-reason", "The reason that a colleague gave meanwhile is not overwritten unseen.", _SERVICES,
        "    check_version(version, given, state_of(given))\n", "",
        f"{_PUBLICATIONS}::test_a_reason_can_be_corrected_and_a_colleagues_is_not_overwritten_unseen",
    ),
    _still(
        "two-of-a-day", "A publication is not restored while another of its day stands.", _SERVICES,
        "with refused_as(ReplacedError()):", "if given:",
        f"{_PUBLICATIONS}::test_the_day_can_be_published_again_and_only_one_of_a_day_stands",
    ),
    _still(
        "reason-with-a-name", "A reason names nobody.", "core/forms.py", "        validate_about_nobody(value)\n", "        pass\n",
        f"{_PUBLICATIONS}::test_a_reason_is_needed_and_names_nobody",
    ),
    _still(
        "superseded-that-stands", "A publication made again for its day withdraws the former one.",
        "partners/publications/freezing.py", "            withdrawal = _take_away(scope, request, site_url)\n",
        "            withdrawal = None\n",
        f"{_PUBLICATIONS}::test_a_publication_made_again_for_its_day_supersedes_it_with_the_reason",
    ),
    _still(
        "readers-not-told", "Whoever had opened a publication is told.", _TELLING,
        "people = _openers(withdrawal) | _holders(withdrawal)", "people = _holders(withdrawal)",
        f"{_PUBLICATIONS}::test_those_who_had_opened_it_are_told_and_nobody_else",
    ),
    _still(
        "holders-not-told", "Whoever holds a copy is told, though they never opened it.", _TELLING,
        "people = _openers(withdrawal) | _holders(withdrawal)", "people = _openers(withdrawal)",
        f"{_NOTES}::test_whoever_holds_a_copy_or_downloaded_the_document_is_told_on_the_first_page",
    ),
    _still(
        "mail-to-no-member", "The e-mail goes to members with a live mandate alone.", _TELLING,
        "if site_url and notice.user_id in members:", "if site_url:",
        f"{_PUBLICATIONS}::test_an_email_without_content_goes_to_a_member_who_opened_it_once",
    ),
    _still(
        "mail-turned-off", "Who turned the e-mail off gets none.", "partners/withdrawals/tasks.py",
        "if not user.told_by_mail:", "if False:",
        f"{_PUBLICATIONS}::test_no_email_goes_to_who_does_not_want_it_or_has_no_access_any_more",
    ),
    _still(
        "restored-in-silence", "Who was told of a withdrawal is told that it was taken back.", _TELLING,
        "    told.update(seen_at=None, mailed_at=None)\n", "",
        f"{_PUBLICATIONS}::test_the_first_page_says_it_until_the_person_took_note",
    ),
    _still(
        "withdrawal-out-of-the-journal", "Withdrawing is an entry of the journal.", _SERVICES,
        "    _write(scope, AuditAction.CANCEL, given, told=told)\n", "",
        f"{_PUBLICATIONS}::test_taking_back_twice_is_refused_and_each_act_is_in_the_journal",
    ),
    _still(
        "drift-without-later-entries", "What comes in later for the day of a publication is looked at.",
        "classification/engine/changed.py", "least(known.since, excluded.since)", "known.since",
        f"{_DRIFT}::test_what_comes_in_later_for_that_day_or_before_counts_and_what_is_of_later_days_does_not",
    ),
    _still(
        "drift-of-the-whole-territory", "A page evaluates no more residences than it may.",
        "partners/publications/drift.py",
        "    if total > MOST:\n        return {publication.pk: Drift([], total) for publication in publications}\n", "",
        f"{_DRIFT}::test_more_residences_than_a_page_can_look_at_are_said_but_not_evaluated",
    ),
    _still(
        "drift-of-the-unseen", "What a lead has not seen is no difference to a publication.",
        "partners/publications/drift.py", "seen_only=True", "seen_only=False",
        f"{_DRIFT}::test_a_disruption_that_a_lead_sees_after_the_publication_counts",
    ),
    _still(
        "drift-not-noted", "A change of records is noted for what was published.", "classification/apps.py",
        "        on_change(note_change)\n", "", f"{_DRIFT}::test_a_cancelled_disruption_shows_what_the_level_was_and_is",
    ),
    _still(
        "gap-drawn-as-quiet", "A month in which recording had stopped is a gap, and no quiet one.",
        "partners/snapshot.py", "engine.residence_marks(", "engine.residence_levels(",
        "tests/partners/test_stopped_recording.py::test_a_month_in_which_recording_had_stopped_is_a_gap_once_it_goes_on_again",
    ),
    _still(
        "silence-told-as-a-fall", "The evolution of a silent site says neither a fall nor that it stayed.",
        "partners/publications/tables.py", "if record.mark == Mark.STOPPED:", "if False:",
        "tests/partners/test_stopped_recording.py::test_a_site_that_was_quiet_rose_and_fell_silent_between_two_publications_did_not_stay",
    ),
    _still(
        "drift-to-readers", "Readers are told of other levels by the coordinator alone.",
        "partners/publications/views.py", '    if not manages(request, found.territory):\n        return {"manages": False, "drift": None, "newer": None, "ended": False, "replaceable": False}\n', "",
        f"{_DRIFT}::test_readers_are_told_nothing_of_it_before_the_coordinator_publishes",
    ),
    _still(
        "closed-note-for-good", "A note that closed with its communes is withdrawn all the same.", "partners/withdrawals/views.py",
        "return _withdraw(request, NOTE, _issued_or_closed(request, pk))", "return _withdraw(request, NOTE, _issued(request, pk))",
        "tests/partners/test_closed_notes.py::test_a_closed_note_says_why_and_is_withdrawn",
    ),
    _still(
        "closed-version-beside", "A version that closed with its communes stands as well.", "partners/withdrawals/versions.py",
        'with system_scope("withdrawing"):', "if True:", "tests/partners/test_closed_notes.py::test_a_closed_version_still_stands",
    ),
    _still(
        "version-asked-twice", "A new version of a note is asked for once.", "partners/notes/services.py",
        "    refuse_again(own, supersedes=held, reason=reason)\n", "",
        "tests/partners/test_withdrawn_notes.py::test_a_version_that_is_asked_for_again_is_told_and_the_first_one_opened",
    ),
)  # fmt: skip
