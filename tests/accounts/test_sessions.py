"""Test that sessions are kept under digests, each open to nobody but who presents its key."""

import datetime as dt

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Session
from accounts.scope import acting_as, system_scope
from accounts.sessions.store import SessionStore, digest


def _present(digest_of_key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('palier.session', %s, true)", [digest_of_key])


@pytest.fixture
def session(db) -> SessionStore:
    store = SessionStore()
    store["said"] = "something"
    store.create()
    # As in the next request, which has presented nothing yet.
    _present("")
    return store


def test_a_session_is_read_back_by_its_key_and_by_no_digest(session):
    assert SessionStore(session.session_key)["said"] == "something"
    assert SessionStore(digest(session.session_key)).get("said") is None


def test_the_table_holds_no_key(session):
    _present(digest(session.session_key))
    assert [row.session_key for row in Session.objects.all()] == [digest(session.session_key)]


def test_nobody_lists_sessions_in_any_scope(session, world):
    for scope in (acting_as(world.admin), system_scope("seeding"), system_scope("authentication")):
        with scope:
            assert list(Session.objects.all()) == []
            assert Session.objects.update(session_data="") == Session.objects.all().delete()[0] == 0
    assert list(Session.objects.all()) == []


def test_clearing_deletes_what_has_expired_alone(session):
    SessionStore.clear_expired()
    assert SessionStore(session.session_key).get("said") == "something"
    _present(digest(session.session_key))
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(1))
    _present("")
    SessionStore.clear_expired()
    _present(digest(session.session_key))
    assert list(Session.objects.all()) == []


def test_a_session_that_has_expired_is_none(session):
    session.set_expiry(dt.timedelta(seconds=-1))
    session.save()
    again = SessionStore(session.session_key)
    assert (again.get("said"), again.session_key) == (None, None)


def test_a_session_deleted_meanwhile_is_not_written_again(session):
    SessionStore(session.session_key).delete()
    session["said"] = "something else"
    with pytest.raises(UpdateError):
        session.save()


def test_a_new_key_leaves_nothing_under_the_old_one(session):
    old = session.session_key
    session.cycle_key()
    assert SessionStore(old).get("said") is None
    assert SessionStore(session.session_key)["said"] == "something"


def test_a_key_that_is_taken_is_not_given_again(session, monkeypatch):
    keys = iter([session.session_key, "z" * 32])
    monkeypatch.setattr(SessionStore, "_get_new_session_key", lambda self: next(keys))
    other = SessionStore()
    other.create()
    assert other.session_key == "z" * 32
    assert SessionStore(session.session_key)["said"] == "something"


def test_the_cookie_of_a_person_opens_their_pages_and_its_digest_none(world, sign_in):
    client = sign_in(world.a.lead)
    assert client.get(reverse("incidents:list")).status_code == 200
    client.cookies["sessionid"] = digest(client.cookies["sessionid"].value)
    assert client.get(reverse("incidents:list")).status_code == 302
