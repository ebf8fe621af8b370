"""Breakages of the seal of scopes: what SQL run as the runtime role opens by itself."""

from tests.mutants import Mutant

_SEAL = "accounts/policies/0024_seal.sql"
_TRIED = "tests/accounts/test_seal.py"


def _sql(
    name: str, promise: str, old: str, new: str, *tests: str, after: str = "", file: str = _SEAL
) -> Mutant:
    return Mutant(
        f"seal:{name}",
        promise,
        file,
        old,
        new,
        tuple(f"{_TRIED}::{test}" for test in tests) or (_TRIED,),
        after,
    )


MUTANTS = (
    _sql(
        "not-checked", "No scope is entered without the seal of the application.", "'UTF8'))) = palier_check.seal",
        "'UTF8'))) IS NOT NULL", "test_a_seal_is_for_nobody_and_nothing_else",
    ),
    _sql(
        "used-twice", "A seal is used once.", "following bigint := nextval('palier_seal.step');",
        "following bigint := currval('palier_seal.step');", "test_what_another_session_reads_of_the_product_opens_nothing",
    ),
    _sql(
        "leaving-unchecked", "Nothing but the application leaves a scope.",
        "next_step := palier_check('leave', palier_leave.seal);", "next_step := nextval('palier_seal.step');",
        "test_who_acts_enters_no_other_scope_and_leaves_none",
    ),
    _sql(
        "parts-for-anybody", "The runtime role calls no part of a scope.", "    palier_act_as(text)\nFROM PUBLIC;",
        "    palier_act_as(text)\nFROM PUBLIC;\nGRANT EXECUTE ON FUNCTION palier_scope_person() TO PUBLIC;",
        "test_the_runtime_role_calls_nothing_that_writes_a_scope",
    ),
    _sql(
        "scope-of-a-dump", "Scopes in a restored dump open nothing.",
        "AND s.server = pg_postmaster_start_time() AND s.setting = ''),\n        false)", "AND s.setting = ''), false)",
        "test_rows_of_a_restored_dump_open_nothing",
    ),
    _sql(
        "setting-believed", "A setting opens nothing.", "RETURN coalesce((SELECT s.ids FROM palier_seal.scope s",
        "RETURN coalesce(nullif(current_setting(setting, true), '')::bigint[], (SELECT s.ids FROM palier_seal.scope s",
        "test_settings_open_nothing",
    ),
    _sql(
        "system-believed", "A setting names no system scope.", "RETURN coalesce((SELECT s.system = ANY (names)",
        "RETURN coalesce(current_setting('palier.system', true) = ANY (names), (SELECT s.system = ANY (names)",
        "test_the_statement_of_the_report_returns_nothing",
    ),
    _sql(
        "agreements-told", "Nobody learns the agreements of territories they have nothing to do with.",
        "WHERE s.territory_id = ANY (theirs) AND (", "WHERE (", "test_agreements_of_others_are_told_to_nobody",
        file="partners/policies/0020_seal.sql",
    ),
    _sql(
        "temporary-table-first", "No temporary table stands in the place of ours.",
        "palier_use_proposal() SET search_path = pg_catalog, public, pg_temp",
        "palier_use_proposal() SET search_path = pg_catalog, public",
        "test_every_function_looks_for_tables_where_no_session_puts_any",
    ),
)  # fmt: skip
