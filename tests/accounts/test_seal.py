"""Test that SQL run as the runtime role opens no row without the seal of the application, whatever it tries."""

import datetime as dt
import itertools

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import SystemScope, acting_as, acting_for, system_scope
from config.database import OWNER_ROLE, RUNTIME_ROLE, embedded_url
from core import seal
from core.perimeter import declared
from tests.test_perimeter import READ_BY_ALL

SETTINGS = [
    "palier.user_id", "palier.organisation_id", "palier.system", "palier.today", "palier.organisations",
    *(f"palier.{role.value}_of" for role in Role),
    "palier.landlords", "palier.residences", "palier.territories", "palier.landlord_territories",
    "palier.shared_organisations", "palier.shared_landlords", "palier.shared_communes", "palier.circles",
    "palier.circle_territories", "palier.users", "palier.circle_organisations",
]  # fmt: skip
SYSTEMS = SystemScope.__args__
PARTS = ["palier_scope_person", "palier_scope_sites", "palier_scope_partners"]
_OPENED = " UNION ALL ".join(
    f"SELECT '{table}', count(*) FROM {table}" for table in declared().keys() - READ_BY_ALL
)


def opened(session) -> set[str]:
    """Return the tables of which a session, or a cursor, sees a row."""
    return {table for table, rows in session.execute(_OPENED).fetchall() if rows}


@pytest.fixture
def session(world, superuser_uri):
    """A session of the runtime role beside the product's, in a transaction that opens nothing."""
    uri = embedded_url(superuser_uri, connection.settings_dict["NAME"], RUNTIME_ROLE)
    with psycopg.connect(uri) as raw:
        assert opened(raw) == set()
        yield raw
        raw.rollback()


def tried(session, *statements: str, params: object = None) -> None:
    """Run statements one by one; one that fails undoes itself alone."""
    for statement in statements:
        try:
            with session.transaction():
                session.execute(statement, params)
        except psycopg.Error:
            continue


def injected(cursor, *statements: str) -> None:
    """Run statements as SQL injected into what the product does in the scope that is open."""
    tried(cursor.cursor.connection, *statements)
    # Whoever draws a number makes the seal of the product's next statement void: its page fails. It asks again here.
    seal._steps.clear()


def values_of(world) -> list[str]:
    """Return what an attacker would give each setting: somebody, every id, a system scope."""
    return [str(world.a.lead.pk), f"{{{world.a.landlord.pk},{world.a.residence.pk},{world.a.territory.pk}}}"]


def test_the_same_rows_are_there_for_who_acts(world):
    with acting_as(world.a.lead), connection.cursor() as cursor:
        assert opened(cursor.cursor) >= {"incidents_narrative", "sites_residence", "accounts_user"}
    with system_scope("seeding"), connection.cursor() as cursor:
        assert opened(cursor.cursor) >= {"incidents_narrative", "partners_circle", "accounts_membership"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_statement_of_the_report_returns_nothing(session, system):
    forging = f"SELECT text FROM incidents_narrative WHERE (SELECT set_config('palier.system', '{system}', true)) IS NOT NULL"
    assert session.execute(forging).fetchall() == []
    assert opened(session) == set()


@pytest.mark.parametrize("local", ["true", "false"])
def test_settings_open_nothing(session, world, local):
    for name, value in itertools.product(SETTINGS, (*values_of(world), "seeding")):
        tried(session, f"SELECT set_config('{name}', '{value}', {local})")
    assert opened(session) == set()


@pytest.mark.parametrize("verb", ["SET", "SET LOCAL", "SET SESSION"])
def test_set_opens_nothing_and_reset_neither(session, world, verb):
    for name, value in itertools.product(SETTINGS, (*values_of(world), "seeding")):
        tried(session, f"{verb} {name} = '{value}'")
    assert opened(session) == set()
    tried(session, *(f"RESET {name}" for name in SETTINGS), "RESET ALL")
    assert opened(session) == set()


_SETS = "set_config('palier.system', 'seeding', true), set_config('palier.user_id', '{lead}', true)"
_FORGING = {
    "in a sub-select": ["SELECT count(*) FROM accounts_user WHERE (SELECT count(*) FROM (SELECT " + _SETS + ") s) > 0"],
    "in a common table": ["WITH s AS MATERIALIZED (SELECT " + _SETS + ") SELECT * FROM s, accounts_user"],
    "in a block": ["DO $$ BEGIN PERFORM " + _SETS + "; END $$"],
    "in a temporary function": [
        "CREATE FUNCTION pg_temp.forge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM " + _SETS + "; END $$",
        "SELECT pg_temp.forge()",
    ],
    "in a function with rights of its author": [
        ("CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS"
        " $$ SELECT count(*) FROM incidents_narrative $$"), "SELECT pg_temp.forge()",
    ],
    "in a prepared statement": ["PREPARE forge AS SELECT " + _SETS, "EXECUTE forge"],
    "by the parts": [f"SELECT {part}()" for part in (*PARTS, "palier_scope_program", "palier_scope_organisations")],
    "by the parts, with settings": ["SELECT " + _SETS, *(f"SELECT {part}()" for part in PARTS)],
    "by what writes the scope": [
        "SELECT palier_open({lead}, NULL, 'seeding', current_date)", "SELECT palier_act_as('seeding')",
        "SELECT palier_hold('palier.lead_of', '{{{landlord}}}')", "SELECT palier_set_aside()", "SELECT palier_sweep()",
        "SELECT palier_check('enter', '')",
    ],
    "by the table of scopes": [
        ("INSERT INTO palier_seal.scope (transaction, server, setting, depth, user_id, system, today)"
        " VALUES (pg_current_xact_id(), pg_postmaster_start_time(), '', 1, {lead}, 'seeding', current_date)"),
        "UPDATE palier_seal.scope SET system = 'seeding'", "DELETE FROM palier_seal.scope", "TRUNCATE palier_seal.scope",
    ],
    "by a key of one's own": [
        "DELETE FROM palier_seal.key", "INSERT INTO palier_seal.key VALUES (true, '', '')", "TABLE palier_seal.key",
        "DROP SCHEMA palier_seal CASCADE", "CREATE SCHEMA palier_seal",
    ],
    "by a number of one's own": [
        "SELECT setval('palier_seal.step', 1)", "SELECT nextval('palier_seal.step')", "DISCARD SEQUENCES",
        "SELECT palier_enter({lead}, NULL, 'seeding', '2026-01-01', '{{}}', NULL)",
        "SELECT palier_step(), palier_enter({lead}, NULL, 'seeding', '2026-01-01', '{{}}', '')",
        "SELECT palier_leave(NULL)",
    ],
    "by another role": [f"SET ROLE {OWNER_ROLE}", f"SET SESSION AUTHORIZATION {OWNER_ROLE}", "SET ROLE postgres"],
    "past the policies": ["SET row_security = off", "ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY"],
    "by functions of one's own": [
        "CREATE OR REPLACE FUNCTION palier_is_system(VARIADIC names text[]) RETURNS boolean LANGUAGE sql RETURN true",
        "CREATE FUNCTION public.palier_ids(text, int) RETURNS bigint[] LANGUAGE sql RETURN '{{1}}'::bigint[]",
        "CREATE FUNCTION pg_temp.palier_is_system(VARIADIC names text[]) RETURNS boolean LANGUAGE sql RETURN true",
        "SET search_path = pg_temp, public",
    ],
    "by tables in the place of ours": [
        "CREATE TEMP TABLE scope AS SELECT pg_current_xact_id() AS transaction, '' AS setting, 'seeding' AS system",
        ("CREATE TEMP TABLE accounts_membership AS SELECT {lead} AS user_id, {landlord} AS organisation_id, 'lead' AS role,"
        " current_date AS starts_on, NULL::date AS ends_on"),
        "SET search_path = pg_temp, public",
    ],
}  # fmt: skip


@pytest.mark.parametrize("way", _FORGING)
def test_nothing_is_opened(session, world, way):
    known = {"lead": world.a.lead.pk, "landlord": world.a.landlord.pk}
    tried(
        session,
        *(statement.format(**known) if "{" in statement else statement for statement in _FORGING[way]),
    )
    tried(session, "SET search_path = public")
    # A temporary table that stands in the place of ours is no row of ours.
    tried(session, "DROP TABLE IF EXISTS pg_temp.accounts_membership")
    tried(session, "SET row_security = on")
    assert opened(session) == set()


def entering(session, acting: seal.Acting, *, number=None, **said) -> None:
    """Call palier_enter() with a seal for ``acting``, and say what ``said`` replaces."""
    today = timezone.localdate()
    drawn = session.execute("SELECT palier_step()").fetchone()[0]
    texts = [acting.user_id, acting.organisation_id, acting.system, today.isoformat(), ",".join(acting.parts)]
    made = seal.seal(number or drawn, ["enter", *("" if each is None else str(each) for each in texts)])
    told = {
        "user": acting.user_id, "organisation": acting.organisation_id, "system": acting.system,
        "today": today.isoformat(), "parts": list(acting.parts), "seal": made,
    }  # fmt: skip
    session.execute(
        "SELECT palier_enter(%(user)s, %(organisation)s, %(system)s, %(today)s, %(parts)s::text[], %(seal)s)",
        told | said,
    )


def test_a_seal_opens_what_it_is_for(session, world):
    entering(session, seal.Acting(user_id=world.a.lead.pk, parts=PARTS))
    assert "incidents_narrative" in opened(session)
    session.rollback()
    assert opened(session) == set()


@pytest.mark.parametrize("change", ["user", "organisation", "system", "today", "parts", "seal"])
def test_a_seal_is_for_nobody_and_nothing_else(session, world, change):
    other = {
        "user": world.b.lead.pk, "organisation": world.b.landlord.pk, "system": "seeding", "parts": PARTS[:1],
        "today": (timezone.localdate() - dt.timedelta(1)).isoformat(), "seal": b"\0" * 32,
    }  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="needs the seal"), session.transaction():
        entering(session, seal.Acting(user_id=world.a.lead.pk, parts=PARTS), **{change: other[change]})
    assert opened(session) == set()


def test_a_seal_made_with_another_key_opens_nothing(session, settings, world):
    settings.SCOPE_KEY = "another"
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="needs the seal"), session.transaction():
        entering(session, seal.Acting(system="seeding"))
    assert opened(session) == set()


def test_a_seal_for_a_number_to_come_opens_nothing_before(session, world):
    drawn = session.execute("SELECT palier_step()").fetchone()[0]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="needs the seal"), session.transaction():
        entering(session, seal.Acting(system="seeding"), number=drawn + 5)
    assert opened(session) == set()


def last_entry() -> str:
    """Return the statement with which the product entered a scope last, as another session of its role reads it."""
    return next(entry["sql"] for entry in reversed(connection.queries_log) if "palier_enter" in entry["sql"])


@pytest.mark.parametrize("who", ["person", "program", "system"])
def test_what_another_session_reads_of_the_product_opens_nothing(session, world, who, monkeypatch):
    monkeypatch.setattr(connection, "force_debug_cursor", True)
    acting = {"person": lambda: acting_as(world.a.lead), "program": lambda: acting_for(world.a.landlord),
              "system": lambda: system_scope("seeding")}[who]()  # fmt: skip
    with acting:
        statement = last_entry()
    assert "'\\x" in statement
    tried(session, statement, f"SELECT palier_step(); {statement}")
    assert opened(session) == set()
    # Nor in the session it was made for, whatever was rolled back since.
    with connection.cursor() as cursor:
        injected(cursor, statement, statement)
        assert opened(cursor.cursor) == set()


def test_a_rollback_gives_no_seal_back(world, monkeypatch):
    monkeypatch.setattr(connection, "force_debug_cursor", True)
    with connection.cursor() as cursor, acting_as(world.a.partner):
        before = opened(cursor.cursor)
        with pytest.raises(ZeroDivisionError), system_scope("seeding"):
            1 / 0  # noqa: B018
        statement = last_entry()
        injected(cursor, statement)
        assert opened(cursor.cursor) == before
        assert "incidents_narrative" not in before


def test_who_acts_enters_no_other_scope_and_leaves_none(world):
    """SQL injected into a person's page, and into a system scope inside it."""
    other = f"SELECT palier_step(), palier_enter({world.b.lead.pk}, NULL, '', '2026-01-01', '{{}}', '')"
    leaving = "SELECT palier_step(), palier_leave('')"
    with system_scope("seeding"), acting_as(world.a.partner), connection.cursor() as cursor:
        before = opened(cursor.cursor)
        injected(cursor, other, leaving, *(f"SELECT {part}()" for part in PARTS))
        injected(cursor, *(f"SELECT set_config('{name}', '', true)" for name in SETTINGS))
        assert opened(cursor.cursor) == before
        assert "incidents_narrative" not in before


def test_a_closed_account_opens_no_role_by_a_part(world):
    with system_scope("seeding"):
        type(world.a.lead).objects.filter(pk=world.a.lead.pk).update(is_active=False)
    world.a.lead.is_active = False
    with acting_as(world.a.lead), connection.cursor() as cursor:
        injected(cursor, *(f"SELECT {part}()" for part in PARTS))
        assert "incidents_narrative" not in opened(cursor.cursor)


def test_a_scope_ends_with_its_transaction(session, world):
    entering(session, seal.Acting(system="seeding"))
    assert opened(session) != set()
    session.commit()
    assert opened(session) == set()


def test_rows_of_a_restored_dump_open_nothing(session, world, superuser_uri):
    drawn = session.execute("SELECT pg_current_xact_id()::text").fetchone()[0]
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"]) as dump:
        dump.execute(
            "INSERT INTO palier_seal.scope (transaction, server, setting, depth, system, today)"
            " VALUES (%s::xid8, '2020-01-01', '', 1, 'seeding', current_date)", [drawn],
        )  # fmt: skip
    assert opened(session) == set()


def test_agreements_of_others_are_told_to_nobody(session, world):
    everywhere = "SELECT DISTINCT territory_id FROM palier_shared_anywhere()"
    assert session.execute(everywhere).fetchall() == []
    with acting_as(world.a.partner), connection.cursor() as cursor:
        cursor.execute(everywhere)
        assert cursor.fetchall() == [(world.a.territory.pk,)]
    with acting_as(world.stranger), connection.cursor() as cursor:
        cursor.execute(everywhere)
        assert cursor.fetchall() == []


def _functions(condition: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')"
            f" AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') AND {condition}"
        )
        return {name for (name,) in cursor.fetchall()}


def test_functions_with_the_owners_rights_are_these(db):
    assert _functions("p.prosecdef") == {
        "palier_user", "palier_organisation", "palier_today", "palier_system", "palier_is_system", "palier_ids",
        "palier_step", "palier_enter", "palier_leave", "palier_shared_anywhere",
        # They keep the journal's chain.
        "palier_ask_for_link", "palier_link_entries", "palier_cut_journals",
        # They read what the caller does not: what rests on an organisation, who confirms a role in it, and entries about one's own account.
        "palier_keep_kind", "palier_officer_confirms", "palier_own_account_entries",
        # It counts the landlords that have still to accept a grid.
        "palier_adoption_awaits",
    }  # fmt: skip


def test_the_runtime_role_calls_nothing_that_writes_a_scope(db):
    assert _functions("p.prorettype <> 'trigger'::regtype AND NOT has_function_privilege(p.oid, 'EXECUTE')") == {
        "palier_hold", "palier_scope_organisations", "palier_scope_person", "palier_scope_program", "palier_scope_sites",
        "palier_scope_partners", "palier_check", "palier_set_aside", "palier_open", "palier_sweep", "palier_act_as",
        "palier_resting_on",
    }  # fmt: skip


def test_every_function_looks_for_tables_where_no_session_puts_any(db):
    """A body that is no text is bound when it is written; the others have a search path, temporary tables last."""
    pinned = "EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c ~ '^search_path=.*, pg_temp$')"
    assert _functions(f"p.prosqlbody IS NULL AND NOT {pinned}") == set()


def test_the_runtime_role_has_no_right_on_what_keeps_scopes(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege('palier_seal', 'USAGE'), has_schema_privilege('palier_seal', 'CREATE')"
        )
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'palier_seal'::regnamespace AND relkind IN ('r', 'S')"
            " AND (relacl IS NOT NULL OR relowner <> %s::regrole)", [OWNER_ROLE],
        )  # fmt: skip
        assert cursor.fetchall() == []


def test_rows_of_transactions_that_ended_are_swept(session, superuser_uri, world):
    for _ in range(3):
        entering(session, seal.Acting(system="backup"))
        session.commit()
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"]) as owner:
        # Those entered above have not ended for a snapshot while an older transaction runs in another database.
        owner.execute(
            "INSERT INTO palier_seal.scope (transaction, server, setting, system)"
            " VALUES ('3', pg_postmaster_start_time(), '', 'seeding')"
        )
        count = "SELECT count(*) FROM palier_seal.scope WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())"
        assert owner.execute(count).fetchone()[0] >= 1
        owner.execute("SELECT palier_sweep()")
        assert owner.execute(count).fetchone()[0] == 0


def test_two_hundred_and_fifty_six_entries_sweep_once(session, superuser_uri, world):
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"], autocommit=True) as owner:
        owner.execute(
            "INSERT INTO palier_seal.scope (transaction, server, setting, system)"
            " VALUES ('3', pg_postmaster_start_time(), '', 'seeding')"
        )
        for _ in range(256):
            entering(session, seal.Acting(system="backup"))
            session.commit()
        left = "SELECT count(*) FROM palier_seal.scope WHERE transaction = '3'"
        assert owner.execute(left).fetchone()[0] == 0


def test_an_entry_that_failed_does_not_hinder_the_next(world, settings):
    with system_scope("seeding"):
        pass
    right, settings.SCOPE_KEY = settings.SCOPE_KEY, "another"
    with pytest.raises(Exception, match="needs the seal"), transaction.atomic(), system_scope("seeding"):
        pass
    settings.SCOPE_KEY = right
    with acting_as(world.a.lead) as scope:
        assert scope.has(Role.LEAD)


def test_behind_a_pooler_a_number_is_asked_for_each_time(world, settings, django_assert_num_queries):
    with system_scope("seeding"):
        pass
    # A savepoint, the scope, the way back, the savepoint's end.
    with django_assert_num_queries(4), system_scope("seeding"):
        pass
    settings.DATABASE_POOLED = True
    with django_assert_num_queries(6), system_scope("seeding"):
        pass
