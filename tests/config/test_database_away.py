"""The database stops during an entry: a clear page, nothing half-done, nothing typed lost."""

import html
import re
import uuid

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import sql

from accounts.enums import Role
from accounts.scope import system_scope
from incidents.models import FactType, Incident
from tests import factories as f
from tests.conftest import database_environment


@pytest.fixture
def own_database(superuser_uri, clone_database, django_db_blocker):
    """A committed database of one's own behind the default connection, to be stopped at will."""
    import dj_database_url

    name = clone_database("palier_away")
    url = database_environment(superuser_uri, name)["DATABASE_URL"]
    with django_db_blocker.unblock():
        before = dict(connection.settings_dict)
        connections["default"].close()
        connection.settings_dict.update(dj_database_url.parse(url))
        yield name
        connections["default"].close()
        connection.settings_dict.update(before)


@pytest.fixture
def stop(superuser_uri, own_database):
    """Return a function that stops that database (or lets it start again) and cuts who is in it."""

    def switch(allowed: bool) -> None:
        with psycopg.connect(superuser_uri, autocommit=True) as server:
            server.execute(
                sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                    sql.Identifier(own_database), sql.Literal(allowed)
                )
            )
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [own_database]
            )

    return switch


def _agent_and_answers():
    with system_scope("seeding"):
        address = f.AddressFactory()
        agent = f.MembershipFactory(organisation=address.landlord, role=Role.AGENT).user
        client = Client(raise_request_exception=False)
        client.force_login(agent)
    answers = {
        "token": str(uuid.uuid4()),
        "place": f"a{address.pk}",
        "fact_type": str(FactType.objects.get(code="NOISE").pk),
        "day": timezone.localdate().isoformat(),
        "source": "staff",
        "narrative": "Musique & cris <jusqu'à> 4 h",
    }
    return client, answers


def _kept(page: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def _recorded() -> int:
    with system_scope("seeding"):
        return Incident.objects.count()


def test_stopped_before_the_entry_is_sent(own_database, stop):
    client, answers = _agent_and_answers()
    stop(False)
    response = client.post(reverse("incidents:create"), answers)
    page = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "La base de données ne répond pas" in page
    assert f'action="{reverse("incidents:create")}"' in page
    assert _kept(page) == answers

    stop(True)
    assert _recorded() == 0
    again = client.post(reverse("incidents:create"), _kept(page))
    assert again.status_code == 302
    assert _recorded() == 1


def test_stopped_in_the_middle_of_the_write(own_database, stop, monkeypatch):
    """Cut after the fact is written and before its level is: neither is there afterwards."""
    from incidents.facts import services

    client, answers = _agent_and_answers()
    evaluate = services.records_changed

    def cut(residence_ids, **since):
        stop(False)
        evaluate(residence_ids, **since)

    monkeypatch.setattr(services, "records_changed", cut)
    response = client.post(reverse("incidents:create"), answers)
    assert response.status_code == 503
    assert _kept(response.content.decode()) == answers

    monkeypatch.setattr(services, "records_changed", evaluate)
    stop(True)
    assert _recorded() == 0
    assert client.post(reverse("incidents:create"), answers).status_code == 302
    assert client.post(reverse("incidents:create"), answers).status_code == 302
    assert _recorded() == 1


def test_a_password_is_not_written_back(rf):
    from portal.errors import unavailable_page

    request = rf.post("/connexion/", {"login": "a@exemple.invalid", "password": "très secret"})
    page = unavailable_page(request).text
    assert "a@exemple.invalid" in page
    assert "secret" not in page
