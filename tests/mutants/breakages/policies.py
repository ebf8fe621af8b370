"""Breakages of the policies: who sees and writes which rows."""

from tests.mutants import Mutant

_PERIMETER = ("tests/test_perimeter.py",)
_SHARED = "(landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)"
_INITIAL = "policies/0001_initial.sql"


def _without_commune(name: str, what: str, file: str, policy: str) -> Mutant:
    return Mutant(
        f"policies:{name}-without-commune",
        f"A coordinator sees {what} in the communes of the territory alone.",
        file,
        _SHARED,
        "landlord_id IN (SELECT s.landlord_id FROM palier_shared() s)",
        _PERIMETER,
        after=f"CREATE POLICY {policy} ",
    )


def _sql(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"policies:{name}", promise, file, old, new, tests or _PERIMETER, after)


MUTANTS = (
    _without_commune("level", "levels", f"classification/{_INITIAL}", "sitelevel_select"),
    _without_commune("finding", "findings", f"classification/{_INITIAL}", "finding_select"),
    _without_commune("residence", "residences", f"sites/{_INITIAL}", "residence_select"),
    _without_commune("address", "addresses", f"sites/{_INITIAL}", "address_select"),
    _without_commune("fact", "facts", f"incidents/{_INITIAL}", "incident_select"),
    _without_commune("observation", "standing observations", f"incidents/{_INITIAL}", "observation_select"),
    _without_commune("disruption", "disruptions", f"incidents/{_INITIAL}", "disruption_select"),
    _sql(
        "fact-without-landlord", "A coordinator sees the facts of landlords that signed alone.",
        f"incidents/{_INITIAL}", _SHARED, "commune_id IN (SELECT s.commune_id FROM palier_shared() s)",
        after="CREATE POLICY incident_select ",
    ),
    _sql(
        "pair-taken-apart", "A landlord that signed and a commune of the territory must belong together.",
        f"incidents/{_INITIAL}", _SHARED,
        "(landlord_id IN (SELECT s.landlord_id FROM palier_shared() s)"
        " AND commune_id IN (SELECT s.commune_id FROM palier_shared() s))", "tests/test_perimeter.py::test_a_landlord_and_a_commune_of_two_territories_do_not_make_a_pair",
        after="CREATE POLICY incident_select ",
    ),
    _sql(
        "level-of-nobody", "Without a scope there are no rows.", f"classification/{_INITIAL}",
        "(SELECT palier_is_system('evaluation', 'seeding'))",
        "(SELECT palier_user()) IS NULL", "tests/test_perimeter.py::test_without_a_scope_there_are_no_rows", after="CREATE POLICY sitelevel_select ",
    ),
    _sql(
        "level-written-by-people", "Nobody but the evaluation writes a level.", f"classification/{_INITIAL}",
        "(SELECT palier_is_system('evaluation'))",
        "(SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('evaluation'))", "tests/test_perimeter.py::test_coordinator_reads_facts_and_writes_none",
        after="CREATE POLICY sitelevel_update ",
    ),
    _sql(
        "narrative-to-coordinators", "What is told of a fact is read by its landlord alone.",
        f"incidents/{_INITIAL}",
        "WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])",
        "WHERE true OR i.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])", "tests/test_perimeter.py::test_narratives_are_the_landlords_alone",
        after="CREATE POLICY narrative_all ",
    ),
    _sql(
        "history-to-coordinators", "Earlier states of a fact are read by its landlord alone.",
        f"incidents/{_INITIAL}", "(SELECT palier_is_system('incident_import', 'seeding'))",
        "(SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('incident_import', 'seeding'))", "tests/test_perimeter.py::test_earlier_states_of_a_fact_are_the_landlords_alone",
        after="CREATE POLICY incident_history_all ",
    ),
)  # fmt: skip
