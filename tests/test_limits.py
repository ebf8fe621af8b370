"""Test the time limits of statements, locks and idle transactions, and what people are told at the limit."""

import select

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import sql

from accounts.scope import acting_as, system_scope
from config import checks
from config.database import OWNER_ROLE, RUNTIME_ROLE, bootstrap, embedded_url
from core import limits
from core.limits import SERVING, TEMPORARY_FILES, UNSEEN, WORKING, long_work
from portal.errors import Unavailable, unavailable
from tests import factories as f
from tests.waiting import PATIENCE_S
from tests.world import TOKEN

_TOO_LONG = "SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(20)"
_BUSY = "SET LOCAL lock_timeout = '50ms'; SELECT pg_advisory_xact_lock(77)"

# Those of config/settings/test.py, in place of the role's.
USUAL = {"statement_timeout": "2min", "lock_timeout": "1min", "idle_in_transaction_session_timeout": "0"}


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def shown(names):
    found = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT current_setting(%s)", [name])
            found[name] = cursor.fetchone()[0]
    return found


@pytest.fixture
def held(superuser_uri, db):
    """The lock of ``_BUSY``, held by somebody else."""
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"]) as other:
        other.execute("SELECT pg_advisory_lock(77)")
        yield


def test_the_role_that_serves_is_bounded_and_the_owner_of_the_tables_is_not(superuser_uri, template_database):
    def of(role):
        with psycopg.connect(embedded_url(superuser_uri, template_database, role)) as there:
            names = {**SERVING, **TEMPORARY_FILES, **UNSEEN}
            return {name: there.execute(f"SHOW {name}").fetchone()[0] for name in names}

    assert of(RUNTIME_ROLE) == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "temp_file_limit": "10GB",
        "track_activities": "off",
    }
    unbounded = {**dict.fromkeys(SERVING, "0"), "temp_file_limit": "-1", "track_activities": "on"}
    assert of(OWNER_ROLE) == unbounded


def test_a_bootstrap_leaves_other_limits_of_one_database_in_force(superuser_uri, clone_database):
    name = clone_database("palier_limits")
    with psycopg.connect(superuser_uri, autocommit=True) as server:
        server.execute(
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET statement_timeout = '40s'").format(
                sql.Identifier(RUNTIME_ROLE), sql.Identifier(name)
            )
        )
    bootstrap(superuser_uri, name)
    with psycopg.connect(embedded_url(superuser_uri, name, RUNTIME_ROLE)) as there:
        assert there.execute("SHOW statement_timeout").fetchone() == ("40s",)
        assert there.execute("SHOW lock_timeout").fetchone() == ("5s",)


def test_work_that_nobody_waits_for_has_longer_limits_by_transaction(committed_database):
    with system_scope("seeding"):
        person = f.MembershipFactory().user

    def limited():
        return shown(WORKING)

    with system_scope("jobs"):
        usual = limited()
    with long_work():
        with acting_as(person):
            assert limited() == WORKING
            with system_scope("jobs"):
                assert limited() == WORKING
            assert limited() == WORKING
        with transaction.atomic():
            assert limited() == usual
    with system_scope("jobs"):
        assert limited() == usual
        with long_work(), system_scope("evaluation"):
            assert limited() == usual
    assert usual == USUAL


def test_a_task_is_such_work_and_what_asks_for_it_is_not(committed_database, monkeypatch):
    from classification.engine import tasks

    def evaluate():
        with system_scope("evaluation"):
            return shown(WORKING)["statement_timeout"]

    monkeypatch.setattr(tasks, "evaluate_everything", evaluate)
    assert evaluate() == USUAL["statement_timeout"]
    # Not get(): Celery's flag against waiting inside a task is the process's own, and threads of other tests leave it set.
    assert tasks.evaluate_all.delay().result == "30min"
    assert evaluate() == USUAL["statement_timeout"]


def test_a_command_is_such_work(monkeypatch):
    import django.core.management

    import manage

    seen = []
    monkeypatch.setattr(
        django.core.management,
        "execute_from_command_line",
        lambda _argv: seen.append(limits.of_transaction()),
    )
    monkeypatch.setenv("DATABASE_URL", "postgresql:///none")
    manage.main()
    assert seen == [WORKING]
    assert limits.of_transaction() == {}


@pytest.mark.parametrize(
    ("statement", "heading", "advice"),
    [
        (_TOO_LONG, "Cette demande prend trop de temps", "Demandez-en moins à la fois"),
        (_BUSY, "Un autre travail est en cours sur ces données", "Réessayez dans un instant."),
    ],
)
def test_a_statement_cut_off_is_a_page_that_says_so(
    world, sign_in, held, monkeypatch, statement, heading, advice
):
    client = sign_in(world.a.lead)
    client.raise_request_exception = False
    monkeypatch.setattr("portal.search.hits", lambda *_asked: run(statement))
    response = client.get(reverse("search"), {"q": "residence"})
    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert f'<h1 class="h2">{heading}</h1>' in page
    assert advice in page
    assert f'href="{reverse("search")}?q=residence"' in page


def test_what_was_typed_into_a_form_that_waits_too_long_is_kept(world, sign_in, held, monkeypatch):
    client = sign_in(world.a.lead)
    client.raise_request_exception = False
    monkeypatch.setattr("incidents.facts.services.records_changed", lambda *_asked, **_since: run(_BUSY))
    answers = {
        "token": "0e6ee0b2-1f0e-4c8a-8f6e-3c3c3c3c3c3c", "place": f"a{world.a.address.pk}",
        "fact_type": str(world.a.incidents[0].fact_type_id), "day": timezone.localdate().isoformat(),
        "source": "staff", "narrative": "Cris",
    }  # fmt: skip
    response = client.post(reverse("incidents:create"), answers)
    assert response.status_code == 503
    page = response.content.decode()
    assert "Rien n’a été enregistré, rien n’est perdu" in page
    assert all(f'name="{name}" value="{value}"' in page for name, value in answers.items())


def test_a_program_is_told_in_a_problem_document(world, held, monkeypatch):
    from accounts.models import ApiToken
    from accounts.tokens.services import digest

    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=world.a.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest(TOKEN), created_by=world.a.lead,
            expires_on=timezone.localdate() + timezone.timedelta(1),
        )  # fmt: skip
    monkeypatch.setattr("incidents.facts.api._facts", lambda: run(_BUSY))
    response = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/api/v1/incidents/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank", "title": "Service Unavailable", "status": 503,
        "detail": "Un autre travail est en cours sur ces données",
    }  # fmt: skip


def test_a_pause_within_a_transaction_that_lasts_too_long_is_told_alike(committed_database):
    def pause():
        with system_scope("jobs"):
            run("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
            # The server says so where nobody asked.
            assert select.select([connection.connection.fileno()], [], [], PATIENCE_S)[0]
            run("SELECT 1")

    with pytest.raises(DatabaseError) as caught:
        pause()
    connection.close()
    assert unavailable(caught.value) in {Unavailable.TOO_LONG, Unavailable.AWAY}
    assert unavailable(ValueError()) is None


def test_a_statement_that_is_wrong_is_no_database_that_is_away(db):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run("SELECT nothing")
    assert unavailable(caught.value) is None


def test_production_refuses_a_role_without_limits(db, settings):
    settings.PRODUCTION = True
    run("SET LOCAL idle_in_transaction_session_timeout = '1min'")
    assert checks.database_role_is_bound(databases=["default"]) == []
    run("SET LOCAL lock_timeout = 0")
    (refusal,) = checks.database_role_is_bound(databases=["default"])
    assert refusal.id == "palier.E103"
    assert refusal.msg.startswith(f"DATABASE_URL connects as {RUNTIME_ROLE}, which has no lock_timeout, so")
