"""Breakages of what leaves the circles: small counts that come back, and releases that can be subtracted."""

from tests.mutants import Mutant

_SECRECY, _CONTENT = "partners/plenary/secrecy.py", "partners/plenary/content.py"
_FREEZING, _SERVICES = "partners/plenary/freezing.py", "partners/plenary/services.py"
_SQL, _VIEWS = "partners/policies/0027_plenary_releases.sql", "partners/plenary/views.py"
_ATTACKER, _OUTPUTS = "tests/partners/test_plenary_secrecy.py", "tests/partners/test_plenary.py"


def _of(name: str, promise: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(f"plenary:{name}", promise, file, old, new, tests)


MUTANTS = (
    _of(
        "own-part-counted", "A landlord that subtracts its own is left with five or more.", _SECRECY,
        "(sum(numbers) - max(numbers, default=0)) // STEP", "sum(numbers) // STEP",
        f"{_ATTACKER}::test_whoever_tries_every_town_learns_no_small_count",
    ),
    _of(
        "exact-numbers", "A number is told in steps of five alone.", _SECRECY, "// STEP * STEP", "",
        f"{_ATTACKER}::test_a_number_is_a_multiple_of_five_that_any_landlord_leaves",
    ),
    _of(
        "no-room", "Whoever knows how many sites each landlord has learns no small count.", _SECRECY,
        "others - 2 * sum(told.values()) < STEP - 1", "others - sum(told.values()) < STEP - 1",
        f"{_ATTACKER}::test_whoever_tries_every_town_learns_no_small_count",
    ),
    _of(
        "two-landlords", "An area of two landlords is not told: one would read the other.", _SECRECY,
        "LANDLORDS = 3", "LANDLORDS = 2",
        f"{_ATTACKER}::test_which_areas_are_told_rests_on_public_numbers_alone",
    ),
    _of(
        "one-owns-all", "An area that one landlord owns almost whole is not told.", _SECRECY,
        "LARGEST_PERCENT = 85", "LARGEST_PERCENT = 100",
        f"{_ATTACKER}::test_which_areas_are_told_rests_on_public_numbers_alone",
    ),
    _of(
        "other-landlords", "A commune whose landlords changed is left out once.", _CONTENT,
        "why = CHANGED", "why = why",
        f"{_OUTPUTS}::test_a_commune_whose_landlords_changed_is_left_out_once",
    ),
    _of(
        "other-outlines", "A commune whose neighbourhoods changed is left out once.", "partners/plenary/counting.py",
        "outlines.get(name, [])]", "[]]",
        f"{_OUTPUTS}::test_a_commune_whose_outlines_changed_is_left_out_once",
    ),
    _of(
        "two-territories", "A commune is told of in one territory alone.", _CONTENT,
        "why = ELSEWHERE if pk in elsewhere else", "why =",
        f"{_OUTPUTS}::test_a_commune_that_another_territory_told_of_is_left_out",
    ),
    _of(
        "two-territories-at-once", "Two territories that release together do not tell of one commune.", _FREEZING,
        " or told_elsewhere(asked.territory) & set(found.communes)", "",
        f"{_OUTPUTS}::test_another_territory_that_tells_meanwhile_stops_it",
    ),
    _of(
        "too-near", "Two releases of a territory lie far apart.", _SERVICES,
        "    if too_near(campaign):\n        raise MovedOnError\n", "",
        f"{_OUTPUTS}::test_days_of_releases_lie_far_apart_also_of_a_withdrawn_one",
    ),
    _of(
        "superseded", "A version that was superseded is not released.", _FREEZING,
        "    check_counts_still(asked.closing)\n", "",
        f"{_OUTPUTS}::test_a_version_that_was_superseded_is_not_released",
    ),
    Mutant(
        "plenary:of-another-territory", "A coordinator releases nothing of another territory's campaign.", _SQL,
        "k.id = partners_plenaryrelease.campaign_id AND", "true AND",
        (f"{_OUTPUTS}::test_a_coordinator_releases_nothing_of_another_territory_by_sql",),
        "CREATE POLICY plenaryrelease_insert",
    ),
    _of(
        "not-what-was-read", "Only what its coordinator read is released.", _FREEZING,
        "found.digest != asked.digest or", "",
        f"{_OUTPUTS}::test_what_was_not_read_is_not_released",
    ),
    _of(
        "small-in-the-database", "The database refuses a small number in a release.", "partners/migrations/0027_plenary_releases.py",
        "'$.communes[*].areas[*].facts.* ? (@ < 5)'", "'$.communes[*].areas[*].facts.* ? (@ < 0)'",
        f"{_OUTPUTS}::test_the_database_refuses_a_small_number",
    ),
    _of(
        "withdrawal-taken-back", "What was withdrawn stays withdrawn.", "partners/migrations/0027_plenary_releases.py",
        "OLD.withdrawn_at IS NOT NULL AND (OLD", "false AND (OLD",
        f"{_OUTPUTS}::test_what_was_released_resists_but_for_one_withdrawal",
    ),
    _of(
        "seen-before-it-is-made", "Nobody but the coordinator sees a release before it is made.", _SQL,
        "(state = 'done' AND (landlords", "(true AND (landlords",
        f"{_OUTPUTS}::test_a_release_that_is_not_made_is_its_coordinators_alone",
    ),
)  # fmt: skip
