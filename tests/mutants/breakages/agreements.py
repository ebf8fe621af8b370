"""Breakages of sharing agreements: a landlord's word that is skipped, misread or left out of the journal."""

from tests.mutants import Mutant

_TESTS = "tests/sites/test_agreements.py::"
_ANSWERING, _TERMS = "sites/sharing/answering.py", "sites/sharing/terms.py"
_SERVICES = "sites/sharing/services.py"


def _word(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(
        f"agreements:{name}", promise, file, old, new, tuple(_TESTS + test for test in tests), after
    )


MUTANTS = (
    _word(
        "confirmation-skipped", "An agreement that an administrator enters opens nothing until its lead confirms it.",
        _SERVICES, "    if leads:\n        name_first(", "    if True:\n        name_first(",
        "test_an_agreement_that_an_administrator_enters_counts_once_its_lead_confirms_it",
    ),
    _word(
        "word-out-of-the-journal", "What a landlord says is in its journal.", _ANSWERING,
        "write_entry(\n        scope, AuditAction.UPDATE, agreement", "(lambda *_a, **_k: None)(\n        scope, AuditAction.UPDATE, agreement",
        "test_a_commune_that_a_territory_gains_awaits_the_landlords_word",
    ),
    _word(
        "territory-out-of-the-journal", "The change of a territory is in the journal of each landlord that shares.",
        _SERVICES, "concerns=change.told if change else ()", "concerns=()",
        "test_the_change_of_a_territory_is_in_the_journal_of_each_landlord_that_has_an_agreement",
    ),
    _word(
        "unticked-yet-shared", "What is asked about and left unticked is refused.", _ANSWERING,
        "chosen = {*communes} & {*standing.offered}", "chosen = {*standing.offered}",
        "test_some_of_the_communes_asked_about_are_shared_and_the_others_refused",
    ),
    _word(
        "stale-answer", "An answer to what has changed meanwhile is asked again.", _ANSWERING,
        "check_version(version, held, state_of_terms(held))", "pass",
        "test_an_answer_to_what_has_changed_meanwhile_is_asked_again", after="def _asked(",
    ),
    _word(
        "territory-signed-unread", "A lead signs for the territory that they were shown.", _SERVICES,
        "check_version(version, territory, state_of_council(territory))", "pass",
        "test_a_lead_signs_for_the_territory_that_they_were_shown",
    ),
    _word(
        "refusal-asked-again", "What a landlord refused is not asked again.", _TERMS,
        " - {*terms.refused}", "", "test_a_refusal_shares_nothing_more_and_is_asked_no_more",
    ),
    _word(
        "refused-council-agreed-to", "A council that is refused sees nothing.", _ANSWERING,
        "present=standing.current)", "present=True)", "test_a_change_of_council_awaits_the_landlords_word",
        after="def refuse(",
    ),
    _word(
        "mail-that-is-not-sent", "Leads whose word is awaited are told by mail.", "sites/sharing/tasks.py",
        "if awaited_of(scope):", "if False:",
        "test_leads_are_mailed_without_content_unless_they_turn_it_off",
    ),
)  # fmt: skip
