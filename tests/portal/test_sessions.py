"""Test one's own sessions: what is shown of them, how they are ended, and that they end by themselves."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings as configured
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.people.services import set_active
from accounts.scope import acting_as, system_scope
from accounts.sessions.model import Session
from accounts.sessions.store import STARTED, SessionStore, digest
from accounts.sessions.tasks import clear_expired
from tests import factories as f

PASSWORD = "une phrase tranquille"
ENTRY = "Ce qui ouvre votre compte Palier a changé"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"


@pytest.fixture
def lead(world):
    with system_scope("seeding"):
        for person in (world.a.lead, world.a.agent):
            person.set_password(PASSWORD)
            person.save()
    return world.a.lead


def entered(person, browser: str = "") -> Client:
    client = Client(headers={"User-Agent": browser})
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.get(reverse("home"))
    return client


def told() -> list[tuple[str, str]]:
    return [(message.to[0], message.subject) for message in mail.outbox]


def shown(client) -> list[str]:
    """Return the devices of the other sessions that the page shows."""
    return [session.device for session in client.get(reverse("mfa_index")).context["others"]]


def test_people_see_their_own_sessions_and_never_a_key(lead, world):
    desk, phone = entered(lead), entered(lead, PHONE)
    entered(world.a.agent, PHONE)
    page = desk.get(reverse("mfa_index"))
    assert [session.device for session in page.context["others"]] == ["Firefox, Android"]
    assert page.context["here"].pk == digest(desk.session.session_key)
    for client in (desk, phone):
        key = client.session.session_key
        assert [secret in page.content.decode() for secret in (key, digest(key))] == [False, False]


def test_a_session_whose_login_is_not_known_says_no_moment_of_it(lead):
    here, other = entered(lead), entered(lead)
    assert here.get(reverse("mfa_index")).text.count("ouverte le ") == 2
    for client in (here, other):
        session = client.session
        del session[STARTED]
        session.save()
    page = here.get(reverse("mfa_index")).text
    assert (page.count("ouverte le"), page.count("sans usage, elle se ferme le ")) == (0, 2)


def test_one_other_session_is_ended_or_all(lead):
    here, phone, desk = entered(lead), entered(lead, PHONE), entered(lead)
    handle = next(each.handle for each in here.get(reverse("mfa_index")).context["others"] if each.device)
    here.post(reverse("end_sessions"), {"session": handle})
    statuses = [client.get(reverse("incidents:list")).status_code for client in (here, phone, desk)]
    assert statuses == [200, 302, 200]
    here.post(reverse("end_sessions"))
    assert (shown(here), desk.get(reverse("incidents:list")).status_code) == ([], 302)
    with acting_as(lead):
        told = (
            AuditEntry.objects.filter(detail__has_key="sessions")
            .order_by("pk")
            .values_list("detail", flat=True)
        )
        assert list(told) == [{"sessions": 1}, {"sessions": 1}]


def test_nobody_ends_anothers_session(lead, world):
    mine, anothers = entered(lead), entered(world.a.agent, PHONE)
    with acting_as(world.a.agent):
        handle = Session.objects.get(pk=digest(anothers.session.session_key)).handle
    mine.post(reverse("end_sessions"), {"session": handle})
    assert anothers.get(reverse("incidents:list")).status_code == 200
    # The transaction of this test sees the session whose key was presented last.
    mine.get(reverse("home"))
    with acting_as(lead):
        assert {session.user_id for session in Session.objects.all()} == {lead.pk}


def test_another_password_ends_the_other_sessions_and_is_told_by_mail(
    lead, django_capture_on_commit_callbacks
):
    here, phone = entered(lead), entered(lead, PHONE)
    new = {"new_password1": "une autre phrase tranquille", "new_password2": "une autre phrase tranquille"}
    with django_capture_on_commit_callbacks(execute=True):
        here.post(reverse("account_change_password"), {"old_password": PASSWORD} | new)
    assert told() == [(lead.email, ENTRY)]
    assert (shown(here), phone.get(reverse("incidents:list")).status_code) == ([], 302)


@pytest.mark.parametrize(("who", "longest", "step"), [
    ("lead", configured.SESSION_LONGEST_S, dt.timedelta(minutes=25)),
    ("agent", configured.SESSION_LONGEST_AGENT_S, dt.timedelta(hours=11)),
])  # fmt: skip
def test_a_session_in_use_ends_all_the_same(lead, world, settings, who, longest, step):
    settings.SESSION_KEPT_EVERY_S = 60
    began, client = timezone.now(), entered(getattr(world.a, who))
    at, last = began, dt.timedelta(seconds=longest)
    while at + step < began + last:
        at += step
        with time_machine.travel(at):
            assert client.get(reverse("accounts:mails")).status_code == 200
    with time_machine.travel(began + last + dt.timedelta(minutes=2)):
        assert client.get(reverse("accounts:mails")).status_code == 302


def test_sessions_that_have_expired_are_deleted_at_night(db):
    old, living = SessionStore(), SessionStore()
    for store, seconds in ((old, -60), (living, 60)):
        store.set_expiry(seconds)
        store.create()
    clear_expired()
    with connection.cursor() as cursor:
        counted = []
        for store in (old, living):
            cursor.execute("SELECT set_config('palier.session', %s, true)", [digest(store.session_key)])
            counted.append(Session.objects.count())
    assert counted == [0, 1]
    tasks = {entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    assert "accounts.sessions.tasks.clear_expired" in tasks


def test_people_read_what_the_journal_tells_of_their_own_account(lead, world):
    """Logins, those that failed, and what others did; each once, whatever the number of journals that tell of it."""
    other = entered(world.a.agent)
    client = entered(lead)
    Client().post(reverse("account_login"), {"login": lead.email, "password": "un autre mot"})
    client.post(reverse("accounts:language"), {"language": "fr"})
    with acting_as(world.admin) as scope:
        set_active(scope, user=world.a.agent, active=False)
        set_active(scope, user=world.a.agent, active=True)
    acts = client.get(reverse("mfa_index")).context["acts"]
    assert [(act.what, act.told, act.by) for act in acts] == [
        ("modification", "langue", ""), ("connexion refusée", "", ""), ("connexion", "", ""),
    ]  # fmt: skip
    other = entered(world.a.agent)
    acts = other.get(reverse("mfa_index")).context["acts"]
    by = f"par {world.admin}, Administrateur"
    assert [(act.what, act.told, act.by.startswith(by)) for act in acts] == [
        ("connexion", "", False), ("modification", "compte rouvert", True), ("modification", "compte fermé", True),
        ("connexion", "", False),
    ]  # fmt: skip


def test_attempts_within_a_second_are_each_told_and_once_by_two_journals(lead, world):
    with system_scope("seeding"):
        f.MembershipFactory(user=lead, organisation=world.c.landlord, role=Role.AGENT)
    client = entered(lead)
    for _attempt in range(3):
        Client().post(reverse("account_login"), {"login": lead.email, "password": "un autre mot"})
    acts = client.get(reverse("mfa_index")).context["acts"]
    assert [act.what for act in acts] == [*["connexion refusée"] * 3, "connexion"]


def test_nobody_reads_what_the_journal_tells_of_another_account(lead, world):
    client = entered(lead)
    for person in (world.a.agent, world.b.lead):
        entered(person)
    assert [(act.what, act.by) for act in client.get(reverse("mfa_index")).context["acts"]] == [
        ("connexion", "")
    ]
    with system_scope("sweep"):
        assert list(AuditEntry.objects.raw("SELECT * FROM palier_own_account_entries(100)")) == []
