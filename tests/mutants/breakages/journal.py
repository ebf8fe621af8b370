"""Breakages of the journal: an act, a file or a read that leaves no entry, or not in every journal it belongs to."""

from tests.mutants import Mutant

_POST = "tests/test_access.py::test_an_allowed_post_works_and_is_in_the_journals_it_belongs_to"
_FACTS, _ONGOING = "incidents/facts/services.py", "incidents/ongoing/services.py"
_CIRCLES, _NOTES = "partners/circles/services.py", "partners/notes/services.py"
_PEOPLE, _SHARING = "accounts/people/services.py", "sites/sharing/services.py"


def _gone(
    name: str, what: str, file: str, old: str, row: str, *, after: str = "", new: str = "    pass"
) -> Mutant:
    return Mutant(
        f"journal:{name}", f"{what} is an entry of the journal.", file, old, new, (f"{_POST}[{row}]",), after
    )


def _told(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"journal:{name}", promise, file, old, new, tests, after)


_PROPOSALS = "accounts/proposals/services.py"
_ANSWERS = "accounts/proposals/answering.py"


def _dropped(name: str, what: str, file: str, after: str, row: str, call: str = "write_entry(") -> Mutant:
    return Mutant(
        f"journal:{name}", f"{what} is an entry of the journal.", file, call,
        "(lambda *_said, **_detail: None)(", (f"{_POST}[{row}]",), after,
    )  # fmt: skip


def _kept(name: str, what: str, after: str) -> Mutant:
    return Mutant(
        f"journal:lasting-{name}", f"{what} a disruption is an entry of the journal.",
        "incidents/ongoing/correcting.py", "enter(", "(lambda *_said, **_detail: None)(",
        ("tests/incidents/test_lasting_services.py::test_each_change_is_an_entry_of_the_landlords_journal[Disruption]",),
        after,
    )  # fmt: skip


MUTANTS = (
    _gone("fact", "Recording a fact", _FACTS, "    _write_entry(scope, AuditAction.CREATE, incident)",
          "incidents:create"),
    _gone("correction", "Correcting a fact", _FACTS,
          "    _write_entry(scope, AuditAction.UPDATE, incident, concerns=[former])", "incidents:edit"),
    _gone("cancellation", "Cancelling a fact", _FACTS, "    _write_entry(scope, AuditAction.CANCEL, incident)",
          "incidents:cancel"),
    _told("fact-moved-away", "A fact that moves to another landlord is in both journals.", _FACTS,
          "AuditAction.UPDATE, incident, concerns=[former])", "AuditAction.UPDATE, incident)",
          "tests/accounts/test_audit.py::test_a_fact_that_moves_to_another_landlord_is_in_both_journals"),
    _dropped("observation", "Stating an observation", _ONGOING, "def record_observation(",
             "incidents:create_observation", "enter("),
    _dropped("confirmation", "Confirming an observation", _ONGOING, "def confirm_observation(",
             "incidents:confirm_observation", "enter("),
    _dropped("confirmation-withdrawn", "Taking a confirmation back", _ONGOING, "def withdraw_confirmation(",
             "incidents:withdraw_confirmation", "enter("),
    _dropped("observation-ended", "Ending an observation", _ONGOING, "def end_observation(",
             "incidents:end_observation", "enter("),
    _dropped("disruption", "Recording a disruption", _ONGOING, "def record_disruption(",
             "incidents:create_disruption", "enter("),
    _dropped("disruption-ended", "Ending a disruption", _ONGOING, "def end_disruption(",
             "incidents:end_disruption", "enter("),
    _kept("correction", "Correcting", "def correct("),
    _kept("cancellation", "Cancelling", "def cancel("),
    _kept("restoration", "Taking back the cancellation of", "def restore("),
    _dropped("circle", "Opening a circle", _CIRCLES, "def create_circle(", "partners:circle_create"),
    _dropped("circle-changed", "Changing a circle", _CIRCLES, "def update_circle(", "partners:circle_edit"),
    _dropped("circle-ended", "Ending a circle", _CIRCLES, "def end_circle(", "partners:circle_end"),
    _dropped("mandate", "Giving a mandate", "partners/circles/invitations.py", "def _write_entry(", "partners:mandate_create"),
    _dropped("charter", "Writing a charter", "partners/charters/services.py", "def write(", "partners:charter_write"),
    _dropped("charter-accepted", "Accepting a charter", "partners/charters/services.py", "def accept(", "partners:charter_accept"),
    _dropped("mandate-ended", "Ending a mandate", _CIRCLES, "def end_mandate(", "partners:mandate_end"),
    _dropped("note", "Asking for a note", _NOTES, "def request_note(", "partners:note_create"),
    _dropped("note-again", "Asking again for a note", _NOTES, "def retry_note(", "partners:note_retry"),
    _dropped("note-issued", "Issuing a note", _NOTES, "def issue_note(", "partners:note_issue"),
    _told("note-issued-behind-a-landlord", "Issuing a note is in the journals of the landlords it speaks of.", _NOTES,
          "organisation_id=organisation_id, concerns=note.landlords,", "organisation_id=organisation_id,",
          f"{_POST}[partners:note_issue]"),
    _dropped("note-abandoned", "Giving a draft up", _NOTES, "def abandon_note(", "partners:note_abandon"),
    _dropped("copy-revoked", "Taking a copy back", _NOTES, "def revoke_copy(", "partners:copy_revoke"),
    _dropped("agreement", "Signing an agreement", _SHARING, "def sign_agreement(", "sites:sign_agreement"),
    _dropped("agreement-ended", "Ending an agreement", _SHARING, "def end_agreement(", "sites:end_agreement"),
    _dropped("assignment", "Assigning residences", _SHARING, "def assign(", "sites:assignments"),
    _dropped("territory", "Changing a territory", _SHARING, "def save_territory(", "sites:edit_territory"),
    _dropped("token", "Making a token", "accounts/tokens/services.py", "def create_token(", "accounts:create_token"),
    _dropped("token-revoked", "Revoking a token", "accounts/tokens/services.py", "def revoke_token(",
             "accounts:revoke_token"),
    _dropped("role", "Proposing a role", _PROPOSALS, "def propose(", "accounts:add_membership", "enter("),
    _dropped("role-taken", "Taking a role", _ANSWERS, "def _accept(", "accounts:accept_offer", "enter("),
    _dropped("role-refused", "Refusing a role", _ANSWERS, "def refuse(", "accounts:refuse_offer", "enter("),
    _dropped("role-ended", "Ending a role", _PEOPLE, "def end_membership(", "accounts:end_membership"),
    _dropped("account-closed", "Closing an account", _PEOPLE, "def set_active(", "accounts:set_active"),
    _dropped("name", "Correcting a name", _PEOPLE, "def rename(", "accounts:rename"),
    _dropped("point", "Placing an address", "sites/geocoding/placing.py", "def place(", "sites:place"),
    _dropped("import", "Sending a file in", "sites/imports/services.py", "def submit(", "sites:import_create",
             "audit.write_entry("),
    _told("facts-sent-out", "A file of facts is in the journals of the landlords whose facts it holds.",
          "incidents/facts/list_views.py",
          'concerns=facts.order_by().values_list("landlord_id", flat=True).distinct(),', "concerns=(),",
          "tests/accounts/test_audit.py::test_facts_sent_out_are_in_the_landlords_journal"),
    _told(
        "publication-behind-a-landlord",
        "A publication is in the journals of the landlords whose sites it holds.",
        "partners/publications/freezing.py",
        "concerns=landlords,",
        "concerns=(),",
        "tests/partners/test_publication_requests.py::test_a_worker_gives_what_was_asked_for_and_both_are_journaled",
    ),
    _dropped(
        "publication-asked-for",
        "Asking for a publication",
        "partners/publications/services.py",
        "def request_publication(",
        "partners:publish",
        "_write_request(",
    ),
    _told("levels-sent-out", "A file of levels is an entry of the journal.", "classification/residence/views.py",
          "write_entry(", "(lambda *_said, **_detail: None)(",
          "tests/classification/test_residences.py::test_files_say_the_same_in_three_formats_and_are_journalled",
          after="def export("),
    _told("ranking-sent-out", "A file of what a circle was given is an entry of the journal.",
          "partners/publications/views.py", "write_territory_entry(", "(lambda *_said, **_detail: None)(",
          "tests/accounts/test_list_exports.py::test_a_published_ranking_goes_out_as_it_is_shown", after="def _export("),
    _told("facts-read", "A coordinator's reading is in the journals of the landlords read.", "sites/reading.py",
          "            concerns=shown,", "            concerns=(),",
          "tests/accounts/test_audit.py::test_what_a_coordinator_reads_is_in_the_own_journal_and_the_landlords"),
    _told("map-read", "Data of the map asked for without its page are in the journal.",
          "classification/map/views.py", "write_reading(", "(lambda *_said, **_detail: None)(",
          "tests/classification/test_map.py::test_a_visit_is_journalled_once_and_not_for_ones_own"),
    _told("document-downloaded", "Each document is in the journals of the landlords it speaks of.",
          "partners/notes/views.py", "concerns=[*found.landlords, *request.scope.roles[Role.PARTNER]],",
          "concerns=request.scope.roles[Role.PARTNER],", "tests/partners/test_notes.py"),
    _told("journal-sent-out", "Sending the journal out is an entry of it.", "accounts/journal/views.py",
          "write_entry(", "(lambda *_said, **_detail: None)(", "tests/accounts/test_people.py::test_the_journal_filters_and_exports_what_it_shows_and_says_so", after="def export("),
    _told("link-asked-for", "A link for a new password is an entry of the journal.", "accounts/mail/tasks.py",
          "        write_link_asked(user, scope.roles)", "        pass",
          "tests/accounts/test_journal.py::test_a_link_for_a_new_password_is_an_entry_of_each_organisation_and_of_no_other"),
    _told("program-unnamed", "A program is told by the name that its token had.", "accounts/journal/audit.py",
          'told | ({"program": scope.program} if scope.program else {})', "told",
          "tests/accounts/test_journal.py::test_a_program_is_told_by_the_name_that_its_token_had"),
    _told("rows-of-others", "How many rows were sent out of all landlords together is told to none of them.", "accounts/journal/audit.py",
          "knows_rows=journal in own or journal in held", "knows_rows=True",
          "tests/classification/grids/test_pages.py::test_what_would_move_is_exported_with_its_reason_and_journalled"),
)  # fmt: skip
