"""Breakages of what files bring of facts, of what waits for a place, and of the undoing of imports."""

from tests.mutants import Mutant


def _breakage(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(name, promise, file, old, new, tests, after)


_HOURS = "tests/incidents/test_hours.py"

MUTANTS = (
    _breakage(
        "hours:of-others", "A filter by hours tells nothing of the hours of another landlord's facts.",
        "incidents/facts/periods.py", "_HOUR_READ = Q(is_own(), time__isnull=False)", "_HOUR_READ = Q(time__isnull=False)",
        f"{_HOURS}::test_who_also_works_for_a_landlord_learns_no_hour_of_another_landlords_facts",
    ),
    _breakage(
        "hours:hidden-silently", "Facts of unknown hour that a filter by hours leaves out are told.",
        "incidents/facts/list_views.py", "return WithoutHour(number, query.urlencode()) if number else None", "return None",
        f"{_HOURS}::test_what_may_have_been_last_night_is_told_and_led_to",
    ),
    _breakage(
        "undo:facts-left", "The undoing of an import takes the facts that it recorded.", "incidents/imports/undo.py",
        "    remove(cursor, _FACT)\n", "",
        "tests/incidents/test_undo_facts.py::test_after_the_undoing_every_table_is_as_before_and_so_are_the_levels",
    ),
    _breakage(
        "undo:places-left", "The undoing of an import takes the residences that it created.", "sites/imports/undo/places.py",
        "    remove(cursor, _RESIDENCE)\n", "",
        "tests/sites/test_undo_stock.py::test_after_the_undoing_every_table_is_as_before_and_so_are_the_levels",
    ),
    _breakage(
        "undo:difference-kept", "The undoing of an import gives facts back the values that it overwrote.",
        "incidents/imports/undo.py", "        restore(cursor, table, run_id)\n", "        pass\n",
        "tests/incidents/test_import_again.py::test_a_difference_that_is_taken_goes_into_the_history_and_the_journal_and_can_be_undone",
    ),
    _breakage(
        "undo:place-kept-as-overwritten", "The undoing of an import gives places back the values that it overwrote.",
        "sites/imports/undo/places.py", "    restore(cursor, _ADDRESS, run_id)\n", "",
        "tests/sites/test_undo_stock.py::test_after_the_undoing_every_table_is_as_before_and_so_are_the_levels",
    ),
    _breakage(
        "undo:correction-lost", "A fact that somebody corrected since its import stays when that is undone.",
        "incidents/imports/undo.py", "WHEN i.changed_at IS NOT NULL OR i.cancelled_at IS NOT NULL THEN", "WHEN false THEN",
        "tests/incidents/test_undo_facts.py::test_facts_that_somebody_corrected_or_cancelled_since_stay",
    ),
    _breakage(
        "undo:queue-not-given-back", "A waiting fact that a file replaced waits again once that file is undone.",
        "incidents/imports/undo.py", "    cursor.execute(_PASS_ON)\n",
        '    cursor.execute("UPDATE incidents_unplacedfact SET replaced_by_id = NULL")\n',
        "tests/incidents/test_unplaced.py::test_what_two_files_replaced_in_turn_comes_back_once_both_are_undone",
    ),
    _breakage(
        "undo:half-written", "Who records at a place that is undone meanwhile reads that it is gone, not an error.",
        "portal/errors.py", "    if refers_to_nothing(error):\n", "    if False:\n",
        "tests/test_gone_meanwhile.py::test_the_form_answers_that_its_place_is_gone_and_keeps_what_was_typed",
    ),
    _breakage(
        "undo:without-end", "An undoing whose worker is lost twice is given up.", "sites/imports/undo/tasks.py",
        "                give_up_if_lost_again(run, _LOST)\n", "",
        "tests/sites/test_import_killed.py::test_an_undoing_that_took_two_workers_down_is_given_up_and_may_be_asked_for_again",
    ),
    _breakage(
        "queue:of-another", "What waits for a place is seen by its landlord's lead alone.",
        "incidents/policies/0009_unplaced_facts.sql", "landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])", "true",
        "tests/incidents/test_unplaced.py::test_only_its_lead_sees_what_waits_for_a_place",
    ),
    _breakage(
        "queue:nearest-unasked", "The nearest address is a fact's place only where its source says so.",
        "incidents/imports/placing.py", '"nearest_decides": task.profile.options.get("nearest") == "place"', '"nearest_decides": True',
        "tests/incidents/test_unplaced.py::test_a_point_near_an_address_is_no_place_but_a_suggestion",
    ),
    _breakage(
        "facts:difference-unasked", "Another content under a known identifier is taken over only once it was asked for.",
        "incidents/imports/knowing.sql", "ELSE 'fact_differs' END", "ELSE 'updated' END",
        "tests/incidents/test_import_again.py::test_another_content_under_an_identifier_is_asked_about_with_both_sides",
    ),
    _breakage(
        "facts:refused-row-quoted", "The report quotes nothing of a row that speaks of a person.", "incidents/imports/rows.py",
        '            return self._speaks(line, "external_id")\n', "            return Staged(line, identifier, SPEAKS)\n",
        "tests/incidents/test_import_again.py::test_rows_that_speak_of_people_are_refused_and_nothing_of_them_is_kept",
    ),
    _breakage(
        "facts:place-that-speaks-quoted", "The report quotes no address that speaks of a person.", "incidents/imports/rows.py",
        '    return "" if speaks(text) else text[:TEXT_LENGTH]\n', "    return text[:TEXT_LENGTH]\n",
        "tests/incidents/test_import_again.py::test_an_address_is_quoted_unless_it_speaks_of_somebody",
    ),
    _breakage(
        "facts:history-one-by-one", "The former states of all differences taken over are stored by one statement.",
        "incidents/imports/differences.py", "    with _noting_history_at_once(cursor):\n", "    if True:\n",
        "tests/incidents/test_import_again.py::test_the_former_states_of_all_differences_are_stored_by_one_statement",
    ),
    _breakage(
        "facts:history-twice", "The former state of a fact is stored once.", "incidents/imports/differences.py",
        '    with pgtrigger.ignore("incidents.Incident:update_update"):\n', "    if True:\n",
        "tests/incidents/test_import_again.py::test_a_difference_that_is_taken_goes_into_the_history_and_the_journal_and_can_be_undone",
    ),
    _breakage(
        "facts:identifier-unread", "A row is the fact that bears its identifier.", "incidents/imports/knowing.sql",
        "WHERE s.reason IS NULL AND s.external_id <> '' AND i.external_id <> ''", "WHERE false",
        "tests/incidents/test_import_again.py::test_unchanged_is_said_only_of_what_is_unchanged",
    ),
    _breakage(
        "facts:building-identifier-unread", "A national identifier of a building that is known decides.",
        "incidents/imports/matching.sql", "WHERE s.reason IS NULL AND s.rnb_id <> ''", "WHERE false",
        "tests/incidents/test_import_places.py::test_a_national_identifier_that_is_known_decides",
    ),
    _breakage(
        "facts:address-key-unread", "A national key of an address that is known decides.",
        "incidents/imports/matching.sql", "WHERE s.reason IS NULL AND s.ban_key <> ''", "WHERE false",
        "tests/incidents/test_import_places.py::test_a_national_identifier_that_is_known_decides",
    ),
)  # fmt: skip
