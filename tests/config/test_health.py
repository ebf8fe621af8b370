"""Test the health check for supervisors."""

import json

from django.test import override_settings

from config.wsgi import application


def ask(path: str) -> tuple[str, dict]:
    answered = []
    body = application(
        {"PATH_INFO": path, "REQUEST_METHOD": "GET"}, lambda status, _headers: answered.append(status)
    )
    return answered[0], json.loads(b"".join(body))


@override_settings(ALLOWED_HOSTS=[], SECURE_SSL_REDIRECT=True)
def test_alive_needs_no_database_no_host_and_no_tls():
    assert ask("/healthz") == ("200 OK", {"status": "ok"})


def test_ready_when_the_schema_is_this_codes(committed_database):
    assert ask("/readyz") == ("200 OK", {"status": "ok", "database": True, "migrations": True})


def test_not_ready_without_the_database(committed_database, superuser_uri):
    import psycopg

    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{committed_database}" ALLOW_CONNECTIONS false')
    try:
        assert ask("/readyz") == (
            "503 Service Unavailable",
            {"status": "unavailable", "database": False, "migrations": False},
        )
    finally:
        with psycopg.connect(superuser_uri, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{committed_database}" ALLOW_CONNECTIONS true')


def test_not_ready_when_a_migration_is_missing(committed_database, superuser_uri):
    import psycopg

    with psycopg.connect(superuser_uri, dbname=committed_database, autocommit=True) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'partners'")
    status, answer = ask("/readyz")
    assert (status, answer["database"], answer["migrations"]) == ("503 Service Unavailable", True, False)
