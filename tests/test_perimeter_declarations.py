"""Test that the policies of the database are those that the models declare."""

from io import StringIO

import psycopg
import pytest
from django.core.management import call_command

from config.database import ROOT
from core.perimeter import declared, page, policies_sql

_HELD = (
    "SELECT policyname, cmd, permissive, roles, qual, with_check FROM pg_policies"
    " WHERE schemaname = 'public' AND tablename = %s ORDER BY 1"
)


@pytest.fixture
def plain(superuser_uri, template_database):
    with psycopg.connect(superuser_uri, dbname=template_database) as connection:
        yield connection
        connection.rollback()


def test_every_table_with_policies_declares_them(plain):
    tables = plain.execute(
        "SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public'"
    ).fetchall()
    assert {name for (name,) in tables} == set(declared())


@pytest.mark.parametrize("table", declared())
def test_the_database_holds_the_policies_that_are_declared(plain, table):
    """Both as PostgreSQL writes them down: the same conditions, in the same order."""
    held = plain.execute(_HELD, [table]).fetchall()
    for name, *_rest in held:
        plain.execute(f"DROP POLICY {name} ON {table}")
    plain.execute(policies_sql(table))
    assert plain.execute(_HELD, [table]).fetchall() == held != []


def test_the_page_about_perimeters_is_what_the_models_declare():
    assert (ROOT / "docs" / "policies.md").read_text(encoding="utf-8") == page()


def test_the_command_prints_what_a_migration_is_to_freeze():
    printed = StringIO()
    call_command("policies", "sites_residence", stdout=printed)
    assert printed.getvalue().strip() == policies_sql("sites_residence").strip()
    assert "FORCE ROW LEVEL SECURITY" in printed.getvalue()
