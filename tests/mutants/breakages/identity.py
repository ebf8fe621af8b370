"""Breakages of what identifies a row of a file, of the levels that follow it, and of who filters by imports."""

from tests.mutants import Mutant


def _breakage(name: str, promise: str, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(name, promise, file, old, new, (test,))


MUTANTS = (
    _breakage(
        "level:placed-by-hand",
        "A fact placed by hand counts at once.",
        "incidents/unplaced/services.py",
        "    if placed:\n        records_changed(",
        "    if False:\n        records_changed(",
        "tests/incidents/test_levels_follow.py::test_a_fact_placed_by_hand_counts_at_once",
    ),
    _breakage(
        "level:former-of-a-fact",
        "The residence that a fact leaves loses it at once.",
        "incidents/imports/differences.py",
        "            SELECT 'residence', residence_id, 0 FROM former\n            UNION ALL SELECT 'residence', residence_id, 0 FROM written\n",
        "            SELECT 'residence', residence_id, 0 FROM written\n",
        "tests/incidents/test_levels_follow.py::test_both_residences_follow_a_fact_that_a_file_moves_and_the_undoing_moves_back",
    ),
    _breakage(
        "level:former-of-a-lasting-record",
        "The residence that a disruption leaves loses it at once.",
        "incidents/imports/ongoing/knowing.py",
        "for pk in (former, now)}",
        "for pk in (now,)}",
        "tests/incidents/test_levels_follow.py::test_both_residences_follow_a_disruption_that_a_file_moves_and_the_undoing_moves_back",
    ),
    _breakage(
        "level:undone-fact",
        "The residence to which an undoing gives a fact back counts it at once.",
        "incidents/imports/undo.py",
        "sorted(concerned | _residences(cursor))",
        "sorted(concerned)",
        "tests/incidents/test_levels_follow.py::test_both_residences_follow_a_fact_that_a_file_moves_and_the_undoing_moves_back",
    ),
    _breakage(
        "level:undone-confirmation",
        "An observation whose confirmation is undone lapses at once.",
        "incidents/imports/ongoing/undo.py",
        "_residences(cursor, _OBSERVATION) | _confirmed(cursor)",
        "_residences(cursor, _OBSERVATION)",
        "tests/incidents/test_levels_follow.py::test_an_observation_lapses_again_once_its_confirmation_is_undone",
    ),
    _breakage(
        "identity:cut",
        "Identifiers that differ anywhere are two.",
        "incidents/imports/rows.py",
        "bounded(identifier, EXTERNAL_ID_LENGTH, DIGEST_DIGITS)",
        "identifier[:EXTERNAL_ID_LENGTH]",
        "tests/incidents/test_import_identity.py::test_identifiers_that_differ_at_the_125th_character_are_two_facts_and_the_same_again",
    ),
    _breakage(
        "identity:two-residences",
        "Two residences under one identifier are a question.",
        "incidents/imports/knowing.sql",
        "            OR min(residence_id) OVER same <> max(residence_id) OVER same\n",
        "",
        "tests/incidents/test_import_identity.py::test_two_residences_under_an_identifier_are_a_question_where_no_row_names_an_address",
    ),
    _breakage(
        "identity:two-addresses",
        "Two addresses under one identifier are a question.",
        "incidents/imports/knowing.sql",
        "            OR min(at) OVER same <> max(at) OVER same\n",
        "",
        "tests/incidents/test_import_identity.py::test_another_place_under_an_identifier_is_asked_about_in_one_file_as_from_a_later_one",
    ),
    _breakage(
        "identity:waiting-at-another",
        "What waits at another landlord is another fact.",
        "incidents/imports/knowing.sql",
        "    AND (%(landlord)s::bigint IS NULL OR u.landlord_id = %(landlord)s)\n",
        "",
        "tests/incidents/test_unplaced.py::test_what_waits_at_another_landlord_under_the_same_identifier_is_another_fact",
    ),
    _breakage(
        "identity:landlord-of-a-rejected-row",
        "A rejected row that names a landlord leaves the others to nobody.",
        "sites/imports/stock_staging.py",
        "        told = any(words(name) for name, _needed in named)\n",
        "        told = any(words(name) for name in names)\n",
        "tests/sites/test_import_residences.py::test_a_rejected_row_that_names_a_landlord_leaves_the_others_to_nobody",
    ),
    _breakage(
        "imports:facts",
        "Who leads no landlord filters facts by no import.",
        "incidents/facts/filters.py",
        '            del self.filters["import_run"]\n',
        "            pass\n",
        "tests/incidents/test_round_trip.py::test_whoever_leads_no_landlord_filters_by_no_import",
    ),
    _breakage(
        "imports:residences",
        "Who leads no landlord filters residences by no import.",
        "classification/residence/filters.py",
        '            del self.filters["import_run"]\n',
        "            pass\n",
        "tests/incidents/test_round_trip.py::test_whoever_leads_no_landlord_filters_by_no_import",
    ),
    _breakage(
        "imports:refused-file-kept",
        "The command keeps no file that it could not import.",
        "sites/imports/command.py",
        "                services.forget_refused(run)\n",
        "                pass\n",
        "tests/sites/test_import_questions.py::test_the_command_keeps_no_file_that_it_could_not_import",
    ),
)
