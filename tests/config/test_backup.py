"""Test that a restored database equals the one that was backed up, levels and policies included."""

import os

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from config.backup import BackupError, backup, restore
from config.database import embedded_url
from tests.conftest import point_django_at


@pytest.fixture
def original(superuser_uri, clone_database, django_db_setup, django_db_blocker):
    """A database of one's own with the planted world in it."""
    name = clone_database("palier_backup_original")
    with django_db_blocker.unblock(), point_django_at(superuser_uri, name):
        from tests.world import plant

        plant()
    return name


@pytest.fixture
def restored(superuser_uri):
    name = f"palier_backup_restored_{os.getpid()}"
    _drop(superuser_uri, name)
    yield name
    _drop(superuser_uri, name)


def _drop(uri: str, name: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _content(uri: str, name: str) -> dict[str, list[tuple]]:
    with psycopg.connect(uri, dbname=name) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        rows = {t: connection.execute(f"SELECT t::text FROM {t} t ORDER BY 1").fetchall() for (t,) in tables}
        rows["policies"] = connection.execute(
            "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
        ).fetchall()
        rows["rights"] = connection.execute(
            "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'palier' ORDER BY 1, 2, 3"
        ).fetchall()
    return rows


def test_restored_database_is_the_same(superuser_uri, original, restored, tmp_path):
    file = tmp_path / "palier.dump"
    backup(make_conninfo(superuser_uri, dbname=original), file)
    assert oct(file.stat().st_mode)[-3:] == "600"
    restore(superuser_uri, file, restored)
    before, after = _content(superuser_uri, original), _content(superuser_uri, restored)
    assert before["classification_sitelevel"] != []
    assert after == before


def test_nobody_else_connects_to_a_restored_database(superuser_uri, original, restored, tmp_path):
    backup(make_conninfo(superuser_uri, dbname=original), tmp_path / "palier.dump")
    restore(superuser_uri, tmp_path / "palier.dump", restored)
    with psycopg.connect(embedded_url(superuser_uri, restored, "palier")) as connection:
        held = connection.execute(
            "SELECT a.grantee::regrole::text, array_agg(a.privilege_type ORDER BY 1) FROM pg_database d,"
            " aclexplode(d.datacl) a WHERE d.datname = current_database() GROUP BY 1"
        )
        rights = dict(held.fetchall())
    # What the roles that run migrations and backups have depends on which of them the server has.
    assert rights.keys() <= {"palier", "palier_owner", "palier_backup"}
    assert set(rights["palier"]) == {"CONNECT", "TEMPORARY"}


def test_what_the_product_does_not_hold_ends_no_backup(superuser_uri, original, tmp_path):
    """A large object of the runtime role is its own: the role of the backup may not read it."""
    role = f"backup_{os.getpid()}"
    with psycopg.connect(embedded_url(superuser_uri, original, "palier"), autocommit=True) as connection:
        connection.execute("SELECT lo_from_bytea(0, 'x')")
    with psycopg.connect(superuser_uri, autocommit=True) as server:
        server.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS IN ROLE pg_read_all_data")
        try:
            backup(embedded_url(superuser_uri, original, role), tmp_path / "palier.dump")
        finally:
            server.execute(f"DROP ROLE {role}")
    assert (tmp_path / "palier.dump").stat().st_size


def test_role_bound_by_the_policies_cannot_back_up(superuser_uri, original, tmp_path):
    with pytest.raises(BackupError, match="bound by the policies"):
        backup(embedded_url(superuser_uri, original, "palier"), tmp_path / "palier.dump")
    assert list(tmp_path.iterdir()) == []


def test_restore_refuses_a_database_that_exists(superuser_uri, original, tmp_path):
    with pytest.raises(BackupError, match="exists already"):
        restore(superuser_uri, tmp_path / "palier.dump", original)


def test_broken_backup_leaves_nothing_behind(superuser_uri, restored, tmp_path):
    file = tmp_path / "broken.dump"
    file.write_bytes(b"PGDMP" + b"\0" * 100)
    with pytest.raises(BackupError):
        restore(superuser_uri, file, restored)
    with psycopg.connect(superuser_uri) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [restored]).fetchone()
    assert found is None
