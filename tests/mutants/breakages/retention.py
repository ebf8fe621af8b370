"""Breakages of what is erased at its term, of what a hold keeps, of positions without gaps and of what a token may do."""

from tests.mutants import Mutant

_TESTS = "tests/incidents/test_retention.py"
_DUE = "incidents/retention/due.py"
_HOLDS = "tests/incidents/test_holds.py"
_STAYS = "test_a_held_record_stays_past_its_term_with_all_that_belongs_to_it_until_the_hold_is_lifted"
_HOLDS_SQL = "incidents/policies/0024_holds_of_lasting_records.sql"

MUTANTS = (
    Mutant(
        "retention:held", "A fact that is held is not due.", _DUE,
        'WHERE coalesce(r.span_end, r.day) < {_FACTS_BEFORE} AND {_not_held("incident")}',
        "WHERE coalesce(r.span_end, r.day) < {_FACTS_BEFORE}",
        (f"{_TESTS}::test_a_lead_holds_a_fact_with_a_reason_about_nobody_and_lifts_it",),
    ),
    Mutant(
        "retention:held-observation", "An observation that is held is not due.", _DUE,
        ' AND {_not_held("observation")}', "", (f"{_HOLDS}::{_STAYS}",),
    ),
    Mutant(
        "retention:held-disruption", "A disruption that is held is not due.", _DUE,
        ' AND {_not_held("disruption")}', "", (f"{_HOLDS}::{_STAYS}",),
    ),
    Mutant(
        "retention:held-history", "The job erases no history of what is held.", _HOLDS_SQL,
        "(SELECT palier_is_system('retention')) AND pgh_obj_id NOT IN (\n        SELECT h.observation_id FROM incidents_legalhold h\n        WHERE h.observation_id IS NOT NULL AND h.lifted_at IS NULL",
        "(SELECT palier_is_system('retention')) AND pgh_obj_id NOT IN (\n        SELECT h.observation_id FROM incidents_legalhold h\n        WHERE h.observation_id IS NOT NULL AND h.lifted_at IS NOT NULL",
        (f"{_HOLDS}::test_the_job_itself_can_erase_nothing_of_what_is_held",),
    ),
    Mutant(
        "retention:hold-of-anothers", "No lead holds a record of another landlord.", _HOLDS_SQL,
        "observation_id IN (SELECT r.id FROM incidents_standingobservation r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))",
        "observation_id IS NOT NULL",
        (f"{_HOLDS}::test_no_lead_holds_another_landlords_record_in_the_own_landlords_name",),
    ),
    Mutant(
        "retention:hold-turned", "Nor turns a hold of the own into one of another's.", "incidents/policies/0025_holds_of_own_records.sql",
        "observation_id IN (SELECT r.id FROM incidents_standingobservation r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))",
        "observation_id IS NOT NULL",
        (f"{_HOLDS}::test_nor_does_a_lead_turn_a_hold_of_the_own_into_one_of_anothers",),
    ),
    Mutant(
        "retention:lead-elsewhere", "A lead holds records of the own landlord alone.", "incidents/retention/hold_views.py",
        "    if record.landlord_id not in request.scope.roles[Role.LEAD]:", "    if False:",
        (f"{_HOLDS}::test_an_agent_here_who_leads_elsewhere_holds_nothing_here",),
    ),
    Mutant(
        "retention:undone", "An import that brought what is held now is not undone there.", "incidents/imports/ongoing/undo.py",
        """WHEN {referred_to(Disruption, "d", f"{_DISRUPTION}_history")} THEN '{USED}' ELSE""", "ELSE",
        ("tests/incidents/test_import_ongoing.py::test_what_is_held_since_stays",),
    ),
    Mutant(
        "retention:replaced", "Terms that were replaced before they counted erase nothing.", _DUE,
        " AND NOT {REPLACED}", "",
        (f"{_TESTS}::test_terms_set_by_mistake_and_replaced_before_they_count_erase_nothing",),
    ),
    Mutant(
        "retention:longer", "Longer terms count at once.", "incidents/retention/services.py",
        "NOTICE_DAYS if is_shorter else 0", "NOTICE_DAYS",
        (f"{_TESTS}::test_longer_terms_count_at_once_and_shorter_ones_after_the_notice",),
    ),
    Mutant(
        "retention:lower-level", "A level that would count an erased fact is refused.", "incidents/retention/rules.py",
        "        if kind in COUNTED:", "        if False:",
        (f"{_TESTS}::test_a_level_of_a_past_date_whose_facts_went_is_refused_with_the_reason",),
    ),
    Mutant(
        "retention:one-residence", "No total names a commune where the landlord has one residence.", _DUE,
        "FEWEST_RESIDENCES = 3", "FEWEST_RESIDENCES = 1",
        (f"{_TESTS}::test_an_erased_fact_leaves_a_number_by_commune_type_and_month_and_an_entry_of_the_journal",),
    ),
    Mutant(
        "positions:gap", "A landlord that left leaves no gap in the ranks.", "partners/publications/positions.py",
        "return bisect_left(self._ranks, rank) + 1", "return rank",
        ("tests/partners/test_positions.py::test_every_output_numbers_what_its_reader_sees_without_gaps",),
    ),
    Mutant(
        "tokens:rights", "A token does no more than its rights say.", "accounts/tokens/handlers.py",
        "if not may(request, right):", "if not request.auth:",
        ("tests/incidents/test_api_incidents.py::test_a_token_does_what_its_rights_say_and_no_more",),
    ),
)  # fmt: skip
