"""Test that the runtime role has on each table the privileges that its declaration opens, and no others."""

from contextlib import suppress

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from accounts.models import User
from accounts.scope import acting_as, system_scope
from config import database
from core import grants
from core.grants import granted
from core.perimeter import declared
from tests.test_perimeter import OPEN

# What is written in tables without policies, and why.
WRITTEN_OPENLY = {"palier_cache": "counters of login attempts, under digests"}
_HELD = """
SELECT c.relname, array_agg(p.verb) FILTER (WHERE has_table_privilege(c.oid, p.verb))
FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p(verb)
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND c.relnamespace = 'public'::regnamespace GROUP BY 1
"""


def _held() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD)
        return {table: set(verbs or ()) for table, verbs in cursor.fetchall()}


def test_each_table_has_the_privileges_of_its_declaration(db):
    held = _held()
    assert held == {table: set(granted(table)) for table in held}


def test_they_are_those_of_the_role_that_serves():
    assert grants.RUNTIME_ROLE == database.RUNTIME_ROLE


def test_privileges_are_the_commands_of_the_policies(db):
    for table, policies in declared().items():
        commands = {policy.command for policy in policies if policy.role == "PUBLIC"}
        told = {"SELECT", "INSERT", "UPDATE", "DELETE"} if "ALL" in commands else commands
        assert granted(table) == told


def test_tables_without_policies_are_read_alone(db):
    held = _held()
    assert {table for table in OPEN if held[table] != {"SELECT"}} == set(WRITTEN_OPENLY)


@pytest.mark.parametrize("table", [
    "incidents_facttype", "classification_gridversion", "django_migrations", "sites_commune", "sites_intercommunality",
    "sites_territory_communes",
])  # fmt: skip
def test_what_is_public_to_read_is_written_by_nobody_without_a_scope(world, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        rows = cursor.fetchone()[0]
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
            with suppress(ProgrammingError), transaction.atomic():
                cursor.execute(statement)
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] == rows


def test_nobody_creates_tables_or_functions_beside_ours(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)


# Those of extensions are everybody's; they read nothing.
_OURS = """
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""


def _callable_by(role: str) -> set[str]:
    """Return the names of our functions that a role may call, but for those that only triggers call."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.proname {_OURS} AND p.prorettype <> 'trigger'::regtype"
            " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
            [role],
        )
        return {name for (name,) in cursor.fetchall()}


def test_no_function_of_ours_is_everybodys(db):
    assert _callable_by("public") == set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.proname {_OURS} AND p.prorettype = 'trigger'::regtype AND"
            " (has_function_privilege('public', p.oid, 'EXECUTE') OR has_function_privilege(%s, p.oid, 'EXECUTE'))",
            [database.RUNTIME_ROLE],
        )
        assert cursor.fetchall() == []


def test_the_role_that_serves_calls_what_policies_call_and_what_it_is_given(db):
    called = _callable_by(database.RUNTIME_ROLE)
    assert {
        "palier_ids",
        "palier_user",
        "palier_today",
        "palier_enter",
        "palier_leave",
        "palier_sharing",
    } <= called
    assert called & {
        "palier_scope_accounts", "palier_scope_sites", "palier_scope_partners", "palier_resting_on", "palier_link_entries",
    } == set()  # fmt: skip


def test_another_role_reads_nothing_by_the_functions_of_ours(world, superuser_uri):
    """Whoever may connect, the role that takes backups for instance, has no function that reads as the owner."""
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"]) as server:
        server.execute("CREATE ROLE somebody_else")
        server.execute("GRANT USAGE ON SCHEMA public TO somebody_else")
        server.execute("SET LOCAL ROLE somebody_else")
        for call in ("palier_sharing()", "palier_ids('palier.landlords')", "palier_joined()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), server.transaction():
                server.execute(f"SELECT * FROM {call}")
        server.rollback()


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_function_made_later_is_closed_to_everybody_by_the_next_migrate():
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute(
            "CREATE FUNCTION public.\"told to nobody\"(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        )
        grants.grant(cursor)
        cursor.execute(
            "SELECT has_function_privilege(r, 'public.\"told to nobody\"(integer)', 'EXECUTE')"
            " FROM unnest(ARRAY['public', %s]) r",
            [database.RUNTIME_ROLE],
        )
        assert cursor.fetchall() == [(False,), (True,)]
        transaction.set_rollback(True, using="owner")


@pytest.mark.parametrize("change", [{"password": "x"}, {"email": "other@exemple.invalid"}])
def test_an_administrator_writes_nobodys_password_and_no_address(world, change):
    with acting_as(world.admin):
        accounts = User.objects.filter(pk=world.a.lead.pk)
        with pytest.raises(ProgrammingError, match=r"its person's|stays"), transaction.atomic():
            accounts.update(**change)
        assert accounts.update(is_active=False) == 1


def test_a_person_writes_the_own_password_and_keeps_the_address(world):
    with acting_as(world.a.lead):
        own = User.objects.filter(pk=world.a.lead.pk)
        assert own.update(password="x") == 1
        with pytest.raises(ProgrammingError, match="stays"), transaction.atomic():
            own.update(email="other@exemple.invalid")


def test_whoever_looks_an_account_up_to_log_in_writes_no_password(world):
    with system_scope("authentication"):
        assert User.objects.filter(pk=world.a.lead.pk).update(password="x") == 0


def test_no_session_reads_the_statements_of_another(db, superuser_uri):
    name = connection.settings_dict["NAME"]
    with (
        psycopg.connect(database.embedded_url(superuser_uri, name, database.RUNTIME_ROLE)) as other,
        connection.cursor() as cursor,
    ):
        other.execute("SELECT 'what somebody typed'")
        cursor.execute(
            "SELECT query, pg_stat_get_backend_activity(s.id) FROM pg_stat_get_backend_idset() AS s(id)"
            " JOIN pg_stat_activity ON pid = pg_stat_get_backend_pid(s.id) WHERE pid = %s",
            [other.info.backend_pid],
        )
        assert cursor.fetchone() == ("", "<command string not enabled>")


def test_what_the_planner_knows_of_closed_tables_is_read_by_nobody(world, superuser_uri):
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"], autocommit=True) as server:
        server.execute("ANALYZE incidents_incident, accounts_user, sites_commune, incidents_facttype")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")
        read = {table for (table,) in cursor.fetchall()}
        cursor.execute("SELECT has_table_privilege('pg_statistic', 'SELECT')")
        assert cursor.fetchone() == (False,)
    assert "incidents_facttype" in read
    assert read <= set(OPEN)


def test_a_row_that_is_closed_is_given_to_no_function_of_ones_own(world):
    """Not to one that costs nothing, and would tell its argument in an error."""
    tells = "LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE EXCEPTION '%', $1; END $$"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION pg_temp.tell(text) RETURNS boolean {tells}")
        cursor.execute("SELECT count(*) FROM accounts_user WHERE pg_temp.tell(email)")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM incidents_narrative WHERE text::integer > 0")
        assert cursor.fetchone() == (0,)


def test_an_address_that_has_an_account_is_told_by_no_conflict(world):
    written = "INSERT INTO accounts_user (email, full_name, password, is_active) VALUES (%s, '', '', true)"
    for email in (world.a.lead.email, "nobody@exemple.invalid"):
        with (
            connection.cursor() as cursor,
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            cursor.execute(written, [email])
